{#- The day of the folder that a file landed in; null where its path names none. -#}
{% macro folder_date(file='source_file') -%}
    try_to_date(regexp_extract({{ file }}, 'date=([0-9]{4}-[0-9]{2}-[0-9]{2})', 1))
{%- endmacro %}
