{#- Why a record is not good: the first reason that holds, or null. The order is from the line to the field. -#}
{% macro verdict(declared, more_reasons) -%}
    case
            when rescue_reason is not null then rescue_reason
            when trim(both ' \t\r' from text) = '' then 'empty_line'
            when coalesce(document_count, 0) <> 1 or document is null or keys is null
                then {{ unreadable_reason(declared.fields) }}
            when size(keys) <> size(array_distinct(keys))
                then concat('duplicate_key:', get(filter(keys, (key, i) -> array_position(keys, key) <> i + 1), 0))
            {%- for field in declared.fields %}
            {%- set absent, broken = absent_and_broken(field) %}
            {%- if field.required %}
            when {{ absent }} then 'missing_key:{{ field.name }}'
            {%- endif %}
            {%- if broken %}
            when {{ broken }} then 'wrong_type:{{ field.name }}'
            {%- endif %}
            {%- endfor %}
            {%- for condition, reason in more_reasons %}
            when {{ condition }} then '{{ reason }}'
            {%- endfor %}
            {%- if declared.event_time %}
            when event_at > ingested_at + interval {{ declared.max_future or '1 day' }} then 'future_event_time'
            {%- endif %}
        end
{%- endmacro %}


{% macro unreadable_reason(fields) -%}
    {%- set endless = has_endless_number(fields) -%}
    {{ "if(documents is null and " ~ endless ~ ", 'number_out_of_range', 'malformed_json')" if endless else "'malformed_json'" }}
{%- endmacro %}


{#- Conditions under which a field is not there, and under which it is there with another type. -#}
{% macro absent_and_broken(field) -%}
    {%- set raw_value = 'document.`' ~ field.name ~ '`' -%}
    {%- set typed = 'record.`' ~ field.name ~ '`' -%}
    {%- if field.type == 'string' -%}
        {{ return(['coalesce(' ~ raw_value ~ ", '') = ''", none]) }}
    {%- elif reads_as_declared(field.type) -%}
        {#- get_json_object parses the line again: only where the key is there and its value came out null. -#}
        {%- set has_key = "array_contains(keys, '" ~ field.name ~ "')" -%}
        {%- set has_value = "get_json_object(text, '$[\\'" ~ field.name ~ "\\']') is not null" -%}
        {{ return([
            typed ~ ' is null and not (' ~ has_key ~ ' and ' ~ has_value ~ ')',
            typed ~ ' is null and ' ~ has_key ~ ' and ' ~ has_value
        ]) }}
    {%- else -%}
        {{ return([raw_value ~ ' is null', raw_value ~ ' is not null and ' ~ typed ~ ' is null']) }}
    {%- endif -%}
{%- endmacro %}


{#- 128 bits that identify a record (64 would collide at 1e9 records), made from the declared parts:
    a field's name or path; `region`, that of its folder; `content`, the record as canonical JSON (keys sorted at every depth), where the producer
    gives it no key; `line`, its bytes; `folder`, the last folder of the file's path. -#}
{% macro record_key(natural_key) -%}
    {%- set parts = {
        'content': 'coalesce(to_json(try_parse_json(text)), text)',
        'line': 'line_hash',
        'folder': file_folder(),
        'region': 'region',
    } -%}
    left(sha2(to_json(array(
        {%- for part in natural_key -%}
            {{ parts.get(part) or "coalesce(cast(record.`" ~ part | replace('.', '`.`') ~ "` as string), '')" }}{{ ', ' if not loop.last }}
        {%- endfor -%}
    )), 256), 32)
{%- endmacro %}


{% macro file_folder() -%} regexp_extract(source_file, '([^/]+)/[^/]*$', 1) {%- endmacro %}


{#- Keep one row of each record: the first that arrived, or by another order. -#}
{% macro first_of_each_record(order_by='ingested_at, source_file, line_hash') -%}
    qualify row_number() over (partition by record_key order by {{ order_by }}) = 1
{%- endmacro %}
