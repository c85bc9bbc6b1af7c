{#- Sources of the platform domain with their staging models. dbt wants every ref known when it parses, when there is
    no graph to ask; tests/unit/tooling/test_telemetry_lists.py holds the list against the graph. -#}
{% macro telemetry_sources() -%}
    {{ return({
        'audit_logs': 'stg_platform__audit_logs',
        'billable_usage': 'stg_platform__billable_usage',
        'billing_usage': 'stg_platform__billing_usage',
        'cloudtrail': 'stg_platform__cloudtrail_events',
        'delivery_manifests': 'stg_platform__delivery_manifests',
        'list_prices': 'stg_platform__list_prices',
        'spark_events': 'stg_platform__spark_events',
    }) }}
{%- endmacro %}


{#- Gold tables whose commits are watched: all that read silver by a cursor, but for those that speak of the pipeline
    itself (freshness, drift, quality). -#}
{% macro watched_marts() -%}
    {{ return([
        'fct_usage_breaks',
        'fct_usage_daily',
        'fct_usage_hourly',
        'ops_audit_activity_hourly',
        'ops_completeness_hourly',
        'ops_security_events',
    ]) }}
{%- endmacro %}


{#- A model of this project, from the graph: there while dbt executes, and never in a unit test. -#}
{% macro model_node(name) -%} {{ return(graph.nodes['model.' ~ project_name ~ '.' ~ name]) }} {%- endmacro %}
