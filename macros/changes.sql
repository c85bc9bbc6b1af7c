{#- The one increment window of the project: what an input committed since this model last read it.

    A cursor is the Delta version of an input, kept as a property of the table that reads it: it moves only
    after the write, goes back with RESTORE, is forgotten by a full refresh. Never an event time: a late
    event is older than every watermark. What was read stands as a comment in the compiled SQL, and the
    post-hook commit_cursor() takes it from there, so that it commits what was read and nothing newer. -#}

{#- The rows of a Delta table that this model has not read yet: all of them on the first build.

    cursors  what stored_cursors() gave, for a model that asks for many relations -#}
{% macro changes(relation, cursors=none) -%}
    {%- set window, again = read_window(relation, cursors), replayed_where(relation) -%}
    {%- if window.to is none or window.since is none -%}
        {{ relation }}
    {%- elif again is not none -%}
        ({{ replayed_rows(relation, window, again) }})
    {%- elif window.since == window.to -%}
        (select * from {{ relation }} where false)
    {%- else -%}
        (
            select * except (_change_type, _commit_version, _commit_timestamp)
            from {{ changed_rows(relation, window) }}
            where _change_type in ('insert', 'update_postimage')
        )
    {%- endif %}
    {{ note_read(relation, window, again is not none) }}
{%- endmacro %}


{#- A Delta table that is read whole, with a note of the version that was there: what is computed from tables that have
    not moved need not be computed again. -#}
{% macro whole(relation) -%}
    {{ relation }} {{ note_read(relation, read_window(relation)) }}
{%- endmacro %}


{#- The same of a view: a view has no version, so the tables that it reads are noted in its place. -#}
{% macro whole_view(relation, tables) -%}
    {{ relation }}
    {%- for table in tables %} {{ note_read(table, read_window(table)) }} {%- endfor -%}
{%- endmacro %}


{#- {since, to}: versions of the relation already read and there now; none where unknown. -#}
{% macro read_window(relation, cursors=none) -%}
    {%- if not asks_tables() or flags.EMPTY -%}
        {{ return({'since': none, 'to': none}) }}
    {%- endif -%}
    {%- set newest = run_query('describe history ' ~ relation ~ ' limit 1').columns['version'].values()[0] | int -%}
    {%- set known = stored_cursors() if cursors is none else cursors -%}
    {%- set since = known.get(cursor_property(relation_key(relation)) | trim) -%}
    {#- An input that was made anew starts counting again: read it whole. -#}
    {{ return({'since': since if since is not none and since <= newest else none, 'to': newest}) }}
{%- endmacro %}


{#- Whether SQL is compiled to be run over tables: not when the project is parsed, not in a unit test, and not for the
    docs site, which is made for domains of which nothing has landed, too. -#}
{% macro asks_tables() -%}
    {{ return(execute and model.resource_type != 'unit_test' and flags.WHICH != 'generate') }}
{%- endmacro %}


{% macro changed_rows(relation, window) -%}
    table_changes('{{ relation }}', {{ window.since + 1 }}, {{ window.to }})
{%- endmacro %}


{#- Rows that came minus rows that went, over changed rows: 0 where something was written again as it was. -#}
{% macro net_count() -%} sum(if(_change_type in ('insert', 'update_postimage'), 1, -1)) {%- endmacro %}


{% macro note_read(relation, window, replayed=false) -%}
    {%- set read = {'input': relation_key(relation), 'since': window.since, 'to': window.to, 'replayed': replayed} -%}
    /* read {{ tojson(read) }} */
{%- endmacro %}


{#- What compiled SQL, of this model unless another is given, says that was read: a list of {input, since, to,
    replayed}. -#}
{% macro noted_reads(code=none) -%}
    {%- set reads = [] -%}
    {%- set noting = (model.compiled_code if code is none else code) or '' -%}
    {%- for text in modules.re.findall('/\\* read (\\{.*?\\}) \\*/', noting) -%}
        {%- do reads.append(fromjson(text)) -%}
    {%- endfor -%}
    {{ return(reads) }}
{%- endmacro %}


{#- Whether no input has moved since this model last read them, nor is read again: then there is nothing to write either. -#}
{% macro nothing_arrived() -%}
    {%- set reads = noted_reads() -%}
    {%- for read in reads if read.since is none or read.since != read.to or read.replayed -%}
        {{ return(false) }}
    {%- endfor -%}
    {{ return(reads | length > 0) }}
{%- endmacro %}


{#- The name of an input in a cursor: without the catalog, which differs from target to target. -#}
{% macro relation_key(relation) -%}
    {{ return((relation.schema ~ '.' ~ relation.identifier) | lower) }}
{%- endmacro %}


{#- The property that holds the cursor of an input. Hashed, because SHOW TBLPROPERTIES redacts what looks like a
    secret, and takes any text with "url", "token" or "secret" in it for one: "hourly" is enough. -#}
{% macro cursor_property(input) -%} lakeledger.cursor.{{ local_md5(input) }} {%- endmacro %}


{#- How far this model has read its inputs: versions by the property that holds them; none on the first build. -#}
{% macro stored_cursors() -%}
    {%- set cursors = {} -%}
    {%- if execute and is_incremental() -%}
        {%- for property, version in table_properties(this).items() if property.startswith('lakeledger.cursor.') -%}
            {%- do cursors.update({property: version | int}) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(cursors) }}
{%- endmacro %}


{#- Post-hook: remember what this run has read, if it read anything new, and with it how the table is configured. -#}
{% macro commit_cursor() -%}
    {%- if execute and model.compiled_code is defined -%}
        {%- set moved = {} -%}
        {%- for read in noted_reads() if read.to is not none and read.since != read.to -%}
            {%- do moved.update({cursor_property(read.input) | trim: read.to}) -%}
        {%- endfor -%}
        {%- if moved -%}
            {%- do moved.update({'lakeledger.config': config_fingerprint()}) -%}
            alter table {{ this }} set tblproperties (
                {%- for property, version in moved.items() -%}
                    '{{ property }}' = '{{ version }}'{{ ', ' if not loop.last }}
                {%- endfor -%}
            )
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{#- dbt's own, but for the docs site: its SQL is that of a first build, so that no table is asked whether it is there. The
    linter, which knows no dbt, reads what a later run does. -#}
{% macro is_incremental() -%}
    {{ return(execute is not defined or execute and flags.WHICH != 'generate' and dbt.is_incremental()) }}
{%- endmacro %}
