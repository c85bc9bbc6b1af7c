{#- The table of rejected rows, one for all sources, written by the staging models' post-hook; or a table beside it. -#}
{% macro quarantine_relation(name='quarantine') -%} {{ return(kept_relation('silver', name)) }} {%- endmacro %}


{#- On-run-start: the tables are there before the first staging model ends. -#}
{% macro create_quarantine() -%}
    {%- if execute and flags.WHICH in ('run', 'build') -%}
        {%- do adapter.create_schema(quarantine_relation()) -%}
        {%- do run_query(create_quarantine_decisions()) -%}
        create table if not exists {{ quarantine_relation() }} (
            source string not null comment 'Source that the row came from, as dbt names it.',
            quarantine_reason string not null comment 'First rule that the row broke.',
            raw string comment 'The row as it came; bytes that are no UTF-8 are replaced, bronze has them.',
            region string comment 'Region that delivered it.',
            source_file string not null comment 'File that it came in.',
            landed_at timestamp comment 'When the file landed.',
            ingested_at timestamp not null comment 'When it reached bronze.',
            ingest_batch string not null comment 'Micro-batch that brought it.',
            line_hash string not null comment 'Hash of the row in bronze.',
            copies bigint not null comment 'How often the same row stands in the file and batch.'
        )
        using delta
        partitioned by (source)
        comment 'Rows that no staging model accepts, with the reason. Grain: source, file, micro-batch, line.'
        tblproperties ({{ textless_properties(['landed_at', 'ingested_at', 'copies']) }})
    {%- endif -%}
{%- endmacro %}


{#- What was decided on rejected rows, written by `lakeledger quarantine` alone. -#}
{% macro create_quarantine_decisions() -%}
    create table if not exists {{ quarantine_relation('quarantine_decisions') }} (
        source string not null comment 'Source that the row came from, as dbt names it.',
        source_file string not null comment 'File that it came in.',
        ingest_batch string not null comment 'Micro-batch that brought it.',
        line_hash string not null comment 'Hash of the row in bronze.',
        quarantine_reason string not null comment 'Why it had been rejected.',
        decision string not null comment 'requeued: put at the end of bronze once more; dismissed: need not be taken.',
        decided_by string not null comment 'Who decided.',
        why string comment 'What was mended, or why the row need not be taken.',
        decided_at timestamp not null comment 'When.'
    )
    using delta
    comment 'Decisions on rejected rows. Grain: source, file, micro-batch, line.'
    tblproperties ({{ textless_properties(['decided_at']) }})
{%- endmacro %}


{#- Post-hook of staging models: what the model judged and did not take goes to the quarantine. It runs the very
    SQL of the model up to its verdicts, so a new source has its quarantine without a line of its own. -#}
{% macro keep_rejected() -%}
    {%- set marker = '/* judged */' -%}
    {%- if execute and marker in (model.compiled_code or '') and noted_reads() -%}
        {%- set read = noted_reads()[0] -%}
        {%- set source = rejected_source() -%}
        {%- if read.to is not none and (read.since != read.to or read.replayed) -%}
            {%- set judged = of_judged(model.judged_batch) if model.judged_batch is defined
                else model.compiled_code.split(marker)[0] -%}
            {%- set rejected = rejected_rows(judged, source) -%}
            {%- if read.since is none -%}
                insert into {{ quarantine_relation() }} replace where source = '{{ source }}'
                {{ rejected }}
            {%- elif read.replayed -%}
                {{ keep_rejected_again(rejected, source) }}
            {%- else -%}
                merge into {{ quarantine_relation() }} as kept using ({{ rejected }}) as rejected
                on kept.source = '{{ source }}' and kept.ingest_batch = rejected.ingest_batch
                    and kept.source_file = rejected.source_file and kept.line_hash = rejected.line_hash
                when not matched then insert *
            {%- endif -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{% macro rejected_source() -%}
    {%- for unique_id in model.depends_on.nodes if unique_id.startswith('source.') -%}
        {{ return(unique_id.split('.')[2:] | join('.')) }}
    {%- endfor -%}
{%- endmacro %}


{% macro rejected_rows(judged_sql, source) -%}
    {{ judged_sql }})
    select
        '{{ source }}' as source,
        quarantine_reason,
        make_valid_utf8(min(raw)) as raw,
        min(region) as region,
        source_file,
        min(file_modified_at) as landed_at,
        min(ingested_at) as ingested_at,
        ingest_batch,
        line_hash,
        count(*) as copies
    from judged
    where quarantine_reason is not null
    group by quarantine_reason, source_file, ingest_batch, line_hash
{%- endmacro %}
