{{ config(partition_by='usage_date', meta={'day': 'usage_date'}) }}

{% set usage_days = 'select distinct usage_date from changed' -%}
{% set changed = changed_days([
    {'relation': ref('stg_platform__billing_usage'), 'days': usage_days},
    {'relation': ref('stg_platform__billable_usage'), 'days': usage_days},
    {
        'relation': ref('int_platform__workspace_regions'),
        'days': days_of_moved_workspaces(ref('int_platform__usage_records')),
    },
    {
        'relation': ref('int_platform__time_sectors'),
        'days': days_with_new_verdicts(['billing_usage', 'billable_usage', 'cluster_events']),
    },
    {'relation': ref('int_platform__cluster_states'), 'days': days_of_states(ref('int_platform__time_sectors'))},
    {'relation': ref('int_platform__cluster_node_seconds'), 'days': usage_days},
    {
        'relation': ref('int_platform__node_type_dbu_rates'),
        'days': 'select distinct usage_date from ' ~ this ~ ' where exists (select 1 from changed)',
    },
]) -%}

with billed as (

    select * from {{ ref('int_platform__classic_usage_daily') }}
    where {{ falls_in('usage_date', changed) }}

),

rates as (

    select
        node_type,
        map_from_entries(collect_list(struct(cloud, dbus_per_hour))) as by_cloud
    from {{ ref('int_platform__node_type_dbu_rates') }}
    group by node_type

),

-- A cluster that no version describes has the node type that its usage names. Where nothing names its cloud, the only
-- rate of the node type counts.
rated as (

    select
        node_seconds.* except (node_type),
        coalesce(node_seconds.node_type, billed.node_type) as node_type,
        coalesce(
            try_element_at(rates.by_cloud, billed.cloud),
            if(billed.cloud is null and size(rates.by_cloud) = 1, get(map_values(rates.by_cloud), 0), null)
        ) as dbus_per_hour
    from {{ ref('int_platform__cluster_node_seconds') }} as node_seconds
    left join billed using (usage_date, workspace_id, cluster_id)
    left join rates on coalesce(node_seconds.node_type, billed.node_type) = rates.node_type
    where {{ falls_in('node_seconds.usage_date', changed) }}

),

derived as (

    select
        usage_date,
        workspace_id,
        cluster_id,
        max(account_id) as account_id,
        max(region) as region,
        array_join(array_sort(collect_set(node_type)), ', ') as node_types,
        sum(node_seconds) as node_seconds,
        if(count(*) = count(dbus_per_hour), sum(node_seconds * dbus_per_hour), null) as dbu_seconds
    from rated
    group by usage_date, workspace_id, cluster_id

),

-- A cluster with events and without a running node is derived to be zero; without events nothing can be derived.
both_sides as (

    select
        usage_date,
        workspace_id,
        cluster_id,
        coalesce(billed.account_id, derived.account_id) as account_id,
        coalesce(billed.region, derived.region) as region,
        coalesce(derived.node_types, billed.node_type) as node_types,
        cast(coalesce(derived.node_seconds, 0) / 3600 as decimal(18, 6)) as node_hours,
        cast(coalesce(billed.usage_quantity, 0) as decimal(34, 24)) as billed_quantity,
        cast(
            if(derived.usage_date is null and billed.has_events, 0, derived.dbu_seconds / 3600) as decimal(34, 24)
        ) as derived_quantity,
        derived.usage_date is null and not billed.has_events as has_no_events
    from billed
    full outer join derived using (usage_date, workspace_id, cluster_id)

),

derived_usage as (

    select
        usage_date,
        account_id,
        workspace_id,
        region,
        cluster_id,
        node_types,
        node_hours,
        billed_quantity,
        derived_quantity,
        cast(derived_quantity - billed_quantity as decimal(34, 24)) as difference_quantity,
        try_cast(
            100 * try_divide(derived_quantity - billed_quantity, billed_quantity) as decimal(18, 2)
        ) as difference_pct,
        case
            when has_no_events then 'no_events'
            when derived_quantity is null then 'no_rate'
            else 'compared'
        end as comparison_status,
        abs(derived_quantity - billed_quantity)
        <= abs(billed_quantity) * {{ var('reconciliation_tolerance_pct', 10) }} / 100 as is_within_tolerance
    from both_sides

)

select * from derived_usage
