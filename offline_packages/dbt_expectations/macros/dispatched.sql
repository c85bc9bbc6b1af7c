{# What engines spell differently. The project defines the databricks__ forms; these are plain SQL. #}
{% macro regexp_instr(source_value, regexp, position=1, occurrence=1, is_raw=false, flags="") %}
    {{ adapter.dispatch("regexp_instr", "dbt_expectations")(
        source_value, regexp, position, occurrence, is_raw, flags
    ) }}
{% endmacro %}


{% macro default__regexp_instr(source_value, regexp, position, occurrence, is_raw, flags) -%}
    regexp_instr({{ source_value }}, '{{ regexp }}', {{ position }}, {{ occurrence }}, 0, '{{ flags }}')
{%- endmacro %}


{% macro percentile_cont(field, quantile, partition=none) %}
    {{ adapter.dispatch("quantile", "dbt_expectations")(field, quantile, partition) }}
{% endmacro %}


{% macro default__quantile(field, quantile, partition) -%}
    percentile_cont({{ quantile }}) within group (order by {{ field }})
    {%- if partition %} over (partition by {{ partition }}){% endif %}
{%- endmacro %}


{% macro median(field, partition=none) %}
    {{ dbt_expectations.percentile_cont(field, 0.5, partition) }}
{% endmacro %}
