{#- A source that has never delivered anything is not late: nobody has subscribed to it yet. Without this, dbt
    would count its age from the year 1. Silence of a source that did deliver is what freshness is for. -#}
{% macro databricks__collect_freshness(source, loaded_at_field, filter) -%}
    {%- call statement('collect_freshness', fetch_result=True, auto_begin=False) -%}
        select
            coalesce(max({{ loaded_at_field }}), current_timestamp()) as max_loaded_at,
            current_timestamp() as snapshotted_at
        from {{ source }}
        {% if filter %} where {{ filter }} {% endif %}
    {%- endcall -%}
    {{ return(load_result('collect_freshness')) }}
{%- endmacro %}
