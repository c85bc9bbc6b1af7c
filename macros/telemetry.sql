{#- Sources of the platform domain with their staging models. dbt wants every ref known when it parses, when there is
    no graph to ask; tests/unit/tooling/test_telemetry_lists.py holds the list against the graph. -#}
{% macro telemetry_sources() -%}
    {{ return({
        'audit_logs': 'stg_platform__audit_logs',
        'billable_usage': 'stg_platform__billable_usage',
        'billing_usage': 'stg_platform__billing_usage',
        'cloudtrail': 'stg_platform__cloudtrail_events',
        'cluster_events': 'stg_platform__cluster_events',
        'cluster_metrics': 'stg_platform__cluster_metrics',
        'clusters': 'stg_platform__clusters',
        'delivery_manifests': 'stg_platform__delivery_manifests',
        'job_runs': 'stg_platform__job_runs',
        'job_task_runs': 'stg_platform__job_task_runs',
        'job_webhooks': 'stg_platform__job_webhooks',
        'jobs': 'stg_platform__jobs',
        'list_prices': 'stg_platform__list_prices',
        'spark_events': 'stg_platform__spark_events',
        'workspaces': 'stg_platform__workspaces',
    }) }}
{%- endmacro %}


{#- Gold tables whose commits are watched: all that read silver by a cursor, but for those that speak of the pipeline
    itself (freshness, drift, quality, volume). -#}
{% macro watched_marts() -%}
    {{ return([
        'fct_billing_adjustments',
        'fct_charges',
        'fct_cost_allocation_daily',
        'fct_cost_allocation_hourly',
        'fct_derived_usage_daily',
        'fct_double_deliveries',
        'fct_sector_breaks',
        'fct_usage_breaks',
        'fct_usage_daily',
        'fct_usage_hourly',
        'ops_audit_activity_hourly',
        'ops_cluster_efficiency_daily',
        'ops_cluster_utilization_5m',
        'ops_completeness_hourly',
        'ops_compute_recommendations',
        'ops_job_health_daily',
        'ops_security_events',
        'ops_spend_daily',
    ]) }}
{%- endmacro %}


{#- A model of this project, from the graph: there while dbt executes, and never in a unit test. -#}
{% macro model_node(name) -%} {{ return(graph.nodes['model.' ~ project_name ~ '.' ~ name]) }} {%- endmacro %}


{#- Days of which the ledger says something new. Over `changed`, changed sectors: a day that was written again with the
    same words cancels out. Without source names, of any source. -#}
{% macro days_with_new_flags(source_names=none) -%}
    select sector_date
    from changed
    {% if source_names -%} where source_name in ('{{ source_names | join("', '") }}') {%- endif %}
    group by sector_date, sector_key, is_time_sector_complete, completeness_pct
    having {{ net_count() }} <> 0
{%- endmacro %}


{#- A predicate that opens only files with rows of the changed days: statistics know ranges of times, not their days. -#}
{% macro lies_around(column, changed) -%}
    {%- if changed.whole or not changed.days -%} {{ not changed.days and changed.whole }}
    {%- else -%}
        {{ column }} >= timestamp'{{ changed.days | first }}'
        and {{ column }} < timestamp'{{ changed.days | last }}' + interval 1 day
    {%- endif -%}
{%- endmacro %}


{#- What every operational figure says about itself, out of a left-joined CTE with flags of the ledger. -#}
{% macro ledger_flags(ledger) -%}
    coalesce({{ ledger }}.is_partial, true) as is_partial,
        {{ ledger }}.regions_missing,
        {{ ledger }}.completeness_pct,
        current_timestamp() as as_of
{%- endmacro %}


{#- Service level of a layer in seconds from the landing of a file. -#}
{% macro slo_seconds(layer) -%}
    cast(
            case {{ layer }}
                when 'bronze' then {{ var('slo_seconds_bronze') }}
                when 'silver' then {{ var('slo_seconds_silver') }}
                when 'gold' then {{ var('slo_seconds_gold') }}
            end as bigint
        )
{%- endmacro %}


{#- Whether a model declares a column. Without a graph, as in the linter, it does. -#}
{% macro declares_column(model, name) -%}
    {{ return(not execute or not graph or name in model_node(model).columns) }}
{%- endmacro %}


{#- The first of these columns that a model declares, or null. -#}
{% macro column_or_null(model, names, type) -%}
    {%- for name in names if execute and declares_column(model, name) -%}
        {{ return(name) }}
    {%- endfor -%}
    cast(null as {{ type }})
{%- endmacro %}


{#- Mean of the columns that are known, by weight; null where none is. -#}
{% macro weighted_mean(weights) -%}
    try_divide(
            {% for column, weight in weights.items() -%}
            coalesce({{ column }}, 0) * {{ weight }}{{ ' + ' if not loop.last }}
            {%- endfor %},
            {% for column, weight in weights.items() -%}
            if({{ column }} is null, 0, {{ weight }}){{ ' + ' if not loop.last }}
            {%- endfor %}
        )
{%- endmacro %}
