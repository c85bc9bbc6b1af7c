{#- What the queries of the person on duty share. They look at every domain, also while nothing of one has been built. -#}

{#- A relation, or where it has not been made yet, one of its declared columns without a row. -#}
{% macro as_built(relation) -%}
    {%- if not asks_tables() or not flags.INTROSPECT or load_relation(relation) -%}
        {{ relation }}
    {%- else -%}
        (
            select
                {%- for column in declared_columns(relation) %}
                cast(null as {{ column.data_type }}) as {{ column.name }}{{ ',' if not loop.last }}
                {%- endfor %}
            where false
        )
    {%- endif -%}
{%- endmacro %}


{#- Columns of a model or source, as declared. -#}
{% macro declared_columns(relation) -%}
    {%- for node in (graph.nodes.values() | list) + (graph.sources.values() | list)
        if node.resource_type in ('model', 'source') and (node.alias or node.identifier) == relation.identifier
        and node.schema == relation.schema -%}
        {{ return(node.columns.values() | list) }}
    {%- endfor -%}
{%- endmacro %}


{#- Severities in order, worst first: to sort by. -#}
{% macro severity_rank(severity='severity') -%}
    array_position(array('CRITICAL', 'HIGH', 'MEDIUM'), coalesce({{ severity }}, '')) = 0,
    array_position(array('CRITICAL', 'HIGH', 'MEDIUM'), coalesce({{ severity }}, ''))
{%- endmacro %}


{#- A severity by how far a figure is beyond three limits; null below the first. -#}
{% macro severity_beyond(figure, medium, high, critical) -%}
    case
            when {{ figure }} >= {{ critical }} then 'CRITICAL'
            when {{ figure }} >= {{ high }} then 'HIGH'
            when {{ figure }} >= {{ medium }} then 'MEDIUM'
        end
{%- endmacro %}


{#- Steps of the pipeline as the log of the platform last heard of them: an ingested source, a command of dbt, or another
    command. A failed step that has not worked for duty_outage_hours is critical. -#}
{% macro duty_steps() -%}
    select
        component,
        step,
        newest.status,
        newest.logged_at as last_run_at,
        newest.message,
        newest.run_id,
        last_ok_at,
        run_count,
        failed_count,
        case
            when newest.status in ('failed', 'held off') and (
                last_ok_at is null
                or last_ok_at < timestampadd(hour, -{{ var('duty_outage_hours') }}, current_timestamp())
            ) then 'CRITICAL'
            when newest.status in ('failed', 'held off') or component = 'rollback' then 'HIGH'
            when failed_count > 0 then 'MEDIUM'
        end as severity
    from (
        select
            component,
            if(component in ('dbt', 'ingest'), subject, component) as step,
            max_by(struct(logged_at, status, message, run_id), logged_at) as newest,
            max(if(status = 'ok', logged_at, null)) as last_ok_at,
            count(*) as run_count,
            count_if(status in ('failed', 'held off')) as failed_count
        from {{ as_built(source('operations', 'platform_logs')) }}
        where
            logged_at > timestampadd(day, -{{ var('duty_days') }}, current_timestamp())
            and (component <> 'dbt' or startswith(subject, 'dbt '))
        group by all
    )
{%- endmacro %}


{#- Anomalies of every domain of the newest duty_days of each kind, those of low severity left out. Spend has a verdict of
    its own, by mean and deviation; its severity goes by the same limit once, twice and three times. -#}
{% macro duty_anomalies() -%}
    {%- set kinds = [
        ('commerce', ref('ops_sales_anomalies'), 'order_date', 'shop'),
        ('orders', ref('ops_order_anomalies'), 'order_date', "'all'"),
        ('platform', ref('ops_volume_anomalies'), 'landed_date', 'source_name'),
    ] -%}
    {%- for domain, relation, day, series in kinds %}
    select
        '{{ domain }}' as domain, {{ day }} as day, {{ series }} as series, metric, value, expected_value,
        robust_z as z_score, severity, explanation, is_partial
    from {{ as_built(relation) }}
    where severity in ('MEDIUM', 'HIGH', 'CRITICAL') and {{ duty_recent(relation, day) }}
    union all
    {%- endfor %}
    {%- set spend, limit = ref('ops_spend_daily'), var('anomaly_z_score') | int %}
    select
        'platform' as domain, usage_date as day, concat_ws(' ', workspace_id, billing_origin_product) as series,
        'billed_cost' as metric, billed_cost as value, mean_cost as expected_value, z_score,
        {{ severity_beyond('abs(z_score)', limit, 2 * limit, 3 * limit) }} as severity,
        concat('The day cost ', round(billed_cost, 2), ', the days before ', round(mean_cost, 2), ' on average.') as explanation,
        is_partial
    from {{ as_built(spend) }}
    where is_anomaly and {{ duty_recent(spend, 'usage_date') }}
{%- endmacro %}


{#- Predicate: one of the newest duty_days of a relation; deliveries that end in the past have recent days, too. -#}
{% macro duty_recent(relation, day) -%}
    {{ day }} > (select date_sub(max({{ day }}), {{ var('duty_days') }}) from {{ as_built(relation) }})
{%- endmacro %}
