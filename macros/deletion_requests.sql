{#- The table of deletion requests, or none of its rows where nobody has asked yet: then there is no table. -#}
{% macro deletion_requests(relation) -%}
    {%- if execute and load_relation(relation) -%}
        {{ relation }}
    {%- else -%}
        (select '' as request_id, current_timestamp() as due_at, current_timestamp() as purged_at where false)
    {%- endif -%}
{%- endmacro %}
