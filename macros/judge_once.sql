{#- A large batch is judged once, into a table that is there while its model runs: days, merge and quarantine then read
    typed rows, where each of them would parse every line again. Of a small batch parsing costs less than a table.
    docs/decisions/0047-large-batches-are-judged-once.md

    arrived   the temporary view of what the model would add; made anew over the table -#}
{% macro judge_once(arrived) -%}
    {%- set parts = model.compiled_code.split('/* judged */') -%}
    {%- if parts | length == 2 and is_large_batch() -%}
        {%- set batch = judged_batch() -%}
        {%- do run_query(judged_rows(batch, parts[0])) -%}
        {%- do run_query('create or replace temporary view ' ~ arrived ~ ' as ' ~ of_judged(batch) ~ parts[1]) -%}
        {%- do model.update({'judged_batch': batch}) -%}
    {%- endif -%}
{%- endmacro %}


{#- The table of the batch; none of its statistics would be asked. Of lines only those are kept that are rejected. Members
    may have names that a column of Delta has only by mapping: `App ID`. -#}
{% macro judged_rows(batch, judged_sql) -%}
    create or replace table {{ batch }} using delta
    tblproperties ('delta.dataSkippingNumIndexedCols' = '0', 'delta.columnMapping.mode' = 'name')
    as {{ judged_sql }})
    select
        * except (raw, text, keys, documents, document_count, document, unknown_keys),
        if(quarantine_reason is null, null, raw) as raw
    from judged
{%- endmacro %}


{#- The beginning of a query over rows that have been judged, up to where the CTE ends. -#}
{% macro of_judged(batch) -%} with judged as (select * from {{ batch }} {%- endmacro %}


{% macro judged_batch() -%}
    {{ return(api.Relation.create(database=this.database, schema=this.schema, identifier=this.identifier ~ '__judged')) }}
{%- endmacro %}


{#- Whether commits that this model has not read have brought at least judge_once_rows rows. -#}
{% macro is_large_batch() -%}
    {%- set read = noted_reads()[0] -%}
    {%- if read.since is none or read.since == read.to -%}{{ return(false) }}{%- endif -%}
    {%- set history = run_query('describe history ' ~ judged_relation() ~ ' limit ' ~ (read.to - read.since)) -%}
    {%- set found = namespace(rows=0) -%}
    {%- for told in history.columns['operationMetrics'].values() if told -%}
        {%- set found.rows = found.rows + dict(fromjson(told)).get('numOutputRows', 0) | int -%}
    {%- endfor -%}
    {{ return(found.rows >= var('judge_once_rows')) }}
{%- endmacro %}


{#- The last hook of a staging model takes the table away; a run that died leaves it to the next one. -#}
{% macro drop_judged_batch() -%}
    {%- if model.judged_batch is defined -%} drop table if exists {{ model.judged_batch }} {%- endif -%}
{%- endmacro %}
