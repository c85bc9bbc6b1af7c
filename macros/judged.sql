{#- From raw lines to typed records, each with a verdict. The fields, the key and the clock of a record are
    declared with its source (meta.record in the sources yml); this is the only place that reads them.

    Columns: the bronze envelope; text (the line without a BOM); record (struct of the declared fields, typed);
    record_key (128-bit identity); event_at; rescued_fields (JSON of the fields nobody declared);
    quarantine_reason (null where the record is good).

    from_rows     name of the CTE with bronze rows
    source_name, table_name   the declaration
    more_reasons  list of [condition over record, reason] that this source adds -#}
{% macro judged(from_rows, source_name, table_name, more_reasons=[]) -%}
    {%- set declared = declared_record(source_name, table_name) -%}
    select
        *,
        {{ verdict(declared, more_reasons) }} as quarantine_reason
    from (
        select
            *,
            {{ declared.event_time or 'cast(null as timestamp)' }} as event_at,
            {{ record_key(declared.natural_key) }} as record_key,
            {{ unknown_fields(declared) }} as rescued_fields
        from (
            select
                *,
                named_struct({{ typed_members(declared.fields) }}) as record,
                array_except(keys, array({{ quoted_names(declared.fields) }})) as unknown_keys
            from (
                select
                    *,
                    size(documents) as document_count
                from (
                    select
                        *,
                        json_object_keys(text) as keys,
                        from_json(
                            {{ readable_document(declared.fields) }},
                            'array<struct<{{ raw_members(declared.fields) }}>>',
                            map('allowSingleQuotes', 'false')
                        ) as documents
                    from (
                        select *, {{ readable_text(declared) }} as text
                        from {{ from_rows }}
                    )
                )
                {#- Generated, not indexed: a filter on the verdict cannot be pushed below it, where the optimizer would
                    repeat from_json for every mention of the document. #}
                lateral view outer explode(slice(documents, 1, 1)) as document
            )
        )
    )
    /* judged */
{%- endmacro %}


{#- The line without a BOM and, where CSV leaves no other way to say null, with null for an empty value: two quotes after
    a colon are nothing else, as quotes within a text are escaped. -#}
{% macro readable_text(declared) -%}
    {%- set text = "ltrim('\ufeff', raw)" -%}
    {{ 'regexp_replace(' ~ text ~ ", r':\"\"(?=[,}])', ':null')" if declared.empty_is_null else text }}
{%- endmacro %}


{#- The declaration of a record: {fields, natural_key, event_time, max_future, empty_is_null}. -#}
{% macro declared_record(source_name, table_name) -%}
    {%- if execute -%}
        {%- for node in graph.sources.values() if node.source_name == source_name and node.name == table_name -%}
            {{ return(node.config.meta.record) }}
        {%- endfor -%}
        {{ exceptions.raise_compiler_error(
            'No record is declared for source ' ~ source_name ~ '.' ~ table_name
            ~ ': add meta.record to its entry in models/bronze.'
        ) }}
    {%- endif -%}
    {{ return({'fields': [{'name': 'a', 'type': 'string'}], 'natural_key': ['content'], 'event_time': none}) }}
{%- endmacro %}


{#- How a field is first read from JSON. Decimals and nested types as they are (a string would take a decimal
    through a double); everything else as text, so that a failed cast can be told from an absent field. -#}
{% macro reads_as_declared(type) -%}
    {{ return(type.startswith('decimal') or '<' in type or type == 'string') }}
{%- endmacro %}


{% macro raw_members(fields) -%}
    {%- for field in fields -%}
        `{{ field.name }}`:{{ field.type if reads_as_declared(field.type) else 'string' }}{{ ',' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}


{% macro typed_members(fields) -%}
    {%- for field in fields %}
                    '{{ field.name }}', {{ typed_value(field) }}{{ ',' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}


{% macro typed_value(field) -%}
    {%- set value = 'document.`' ~ field.name ~ '`' -%}
    {%- if reads_as_declared(field.type) -%} {{ value }}
    {%- elif field.type == 'epoch_millis' -%} {{ from_epoch_millis('try_cast(' ~ value ~ ' as bigint)') }}
    {%- elif field.type == 'timestamp' -%}
        case when try_cast({{ value }} as timestamp) < timestamp'9999-12-31' then try_cast({{ value }} as timestamp) end
    {%- else -%} try_cast({{ value }} as {{ field.type }})
    {%- endif -%}
{%- endmacro %}


{#- Null before 1970 and after 9999, where a timestamp would fail the query or could not be read back. -#}
{% macro from_epoch_millis(millis) -%}
    case when {{ millis }} between 0 and 253402300799999 then timestamp_millis({{ millis }}) end
{%- endmacro %}


{#- Fields that nobody declared, as JSON. An open record has any number of them by nature: they are no drift. -#}
{% macro unknown_fields(declared) -%}
    {%- if declared.open -%} cast(null as string)
    {%- else -%}
        case
                when size(unknown_keys) > 0
                    then to_json(map_filter(
                        from_json(text, 'map<string,string>'), (key, value) -> array_contains(unknown_keys, key)
                    ))
            end
    {%- endif -%}
{%- endmacro %}


{% macro quoted_names(fields) -%}
    {%- for field in fields -%}'{{ field.name }}'{{ ', ' if not loop.last }}{%- endfor -%}
{%- endmacro %}


{#- The line as an array, so that whatever follows the first document on it shows; null where it is not to be read. -#}
{% macro readable_document(fields) -%}
    {%- set endless = has_endless_number(fields) -%}
    {{ 'if(' ~ endless ~ ', null, ' if endless }}concat('[', text, ']'){{ ')' if endless }}
{%- endmacro %}


{#- Condition over `text`: a number of four digits of exponent or more, or, under a name that is declared a decimal, a
    text that may be one; none where no decimal is declared. Whoever reads a decimal writes out all of its digits, so
    that ten characters would keep a core busy for minutes. -#}
{% macro has_endless_number(fields) -%}
    {%- set names = [] -%}
    {%- for field in fields -%}
        {%- if field.type.startswith('decimal') -%} {%- do names.append(field.name) -%} {%- endif -%}
        {%- for before in field.type.replace(' ', '').split(':decimal')[:-1] -%}
            {%- do names.append(before.replace('<', ',').split(',') | last) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if not names -%}{{ return(none) }}{%- endif -%}
    {%- set number = '[:\\[,]\\s*-?[0-9][0-9.]*[eE][+-]?[0-9]{4,}\\s*[,}\\]]' -%}
    {#- Names may be spelled with escapes, and so may numbers. #}
    {%- set name = '"(?:' ~ names | join('|') ~ '|[^"]*\\\\u00[4-7][0-9A-Fa-f][^"]*)"' -%}
    {{ return("text rlike r'" ~ number ~ '|' ~ name ~ '\\s*:\\s*"[^"]*[eE\\\\][^"]{4}' ~ "'") }}
{%- endmacro %}
