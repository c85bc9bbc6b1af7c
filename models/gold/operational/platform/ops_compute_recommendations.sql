{{ config(partition_by='recommendation_date', meta={'day': 'recommendation_date'}) }}

{% set stages = ref('int_platform__spark_stages') -%}
{% set changed = changed_days([
    {'relation': ref('ops_cluster_efficiency_daily'), 'days': 'select distinct metric_date from changed'},
    {'relation': stages, 'days': 'select distinct cast(completed_at as date) from changed'},
    {
        'relation': ref('int_platform__spark_applications'),
        'days': 'select distinct cast(stages.completed_at as date) from ' ~ stages
            ~ ' as stages inner join changed on stages.log_folder = changed.log_folder',
    },
    {
        'relation': ref('int_platform__node_type_dbu_rates'),
        'days': 'select distinct recommendation_date from ' ~ this ~ ' where exists (select 1 from changed)',
    },
] + inputs_of_priced_usage()) -%}

with efficiency as (

    select * from {{ ref('ops_cluster_efficiency_daily') }}
    where {{ falls_in('metric_date', changed) }}

),

spark_findings as (

    select * from {{ ref('int_platform__spark_findings') }}
    where {{ falls_in('finding_date', changed) }}

),

dbu_prices as (

    select * from {{ ref('int_platform__cluster_dbu_prices') }}
    where {{ falls_in('usage_date', changed) }}

),

rates as (

    select
        node_type,
        map_from_entries(collect_list(struct(cloud, dbus_per_hour))) as by_cloud
    from {{ ref('int_platform__node_type_dbu_rates') }}
    group by node_type

),

findings as (

    {{ compute_findings('efficiency', 'spark_findings') }}

),

rated as (

    select
        findings.*,
        dbu_prices.currency_code,
        dbu_prices.price_per_dbu,
        {{ rate_of('driver_rates', 'coalesce(dbu_prices.cloud, findings.cloud)') }} as driver_dbus_per_hour,
        {{ rate_of('worker_rates', 'coalesce(dbu_prices.cloud, findings.cloud)') }} as worker_dbus_per_hour
    from findings
    left join dbu_prices
        on
            findings.recommendation_date = dbu_prices.usage_date
            and findings.workspace_id = dbu_prices.workspace_id
            and findings.cluster_id = dbu_prices.cluster_id
    left join rates as driver_rates on findings.driver_node_type = driver_rates.node_type
    left join rates as worker_rates on findings.worker_node_type = worker_rates.node_type

),

-- Hours of a node type without a known rate leave the whole unknown; no hours of it need none.
saved as (

    select
        *,
        cast(
            if(driver_hours = 0, 0, driver_hours * driver_dbus_per_hour)
            + if(worker_hours = 0, 0, worker_hours * worker_dbus_per_hour) as decimal(34, 24)
        ) as saved_dbus
    from rated

),

recommendations as (

    select
        recommendation_date,
        workspace_id,
        region,
        cluster_id,
        kind,
        recommendation,
        driver_node_type,
        worker_node_type,
        driver_hours,
        worker_hours,
        cast(driver_hours + worker_hours as decimal(20, 6)) as saved_node_hours,
        saved_dbus,
        price_per_dbu,
        cast(saved_dbus * price_per_dbu as decimal(38, 18)) as saved_amount,
        if(saved_dbus * price_per_dbu is null, null, currency_code) as currency_code,
        is_partial,
        regions_missing,
        completeness_pct,
        current_timestamp() as as_of
    from saved

)

select * from recommendations
