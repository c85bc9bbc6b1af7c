{{ config(partition_by='metric_date', meta={'day': 'metric_date'}) }}

{% set metrics = ref('stg_platform__cluster_metrics') -%}
{% set changed = changed_days([
    {'relation': metrics, 'days': 'select distinct metric_date from changed'},
    {'relation': ref('int_platform__cluster_states'), 'days': days_of_changed_intervals(metrics)},
    {'relation': ref('int_platform__time_sectors'), 'days': days_with_new_flags(['cluster_metrics'])},
]) -%}

with node_minutes as (

    select
        *,
        timestamp_seconds(unix_seconds(started_at) div 300 * 300) as slot_at,
        cpu_user_percent + cpu_system_percent as cpu_percent,
        (unix_millis(ended_at) - unix_millis(started_at)) / 1000 as seconds
    from {{ metrics }}
    where {{ falls_in('metric_date', changed) }}

),

source_hours as (

    select * from {{ ref('int_platform__source_hours') }}
    where source_name = 'cluster_metrics' and {{ falls_in('sector_date', changed) }}

),

slots as (

    select
        metric_date,
        slot_at,
        workspace_id,
        cluster_id,
        max(region) as region,
        max(if(is_driver, node_type, null)) as driver_node_type,
        max(if(is_driver, null, node_type)) as worker_node_type,
        count(distinct instance_id) as node_count,
        cast(sum(if(is_driver, seconds, 0)) as decimal(18, 3)) as driver_seconds,
        cast(sum(if(is_driver, 0, seconds)) as decimal(18, 3)) as worker_seconds,
        cast({{ exact_average('cpu_percent') }} as double) as avg_cpu_percent,
        max(cpu_percent) as max_cpu_percent,
        cast({{ exact_average('mem_used_percent') }} as double) as avg_memory_percent,
        max(mem_used_percent) as max_memory_percent,
        try_sum(network_sent_bytes) as network_sent_bytes,
        try_sum(network_received_bytes) as network_received_bytes
    from node_minutes
    group by metric_date, slot_at, workspace_id, cluster_id

),

charged_slots as (

    select
        slots.slot_at,
        slots.cluster_id,
        max(states.worker_count) as running_worker_count
    from slots
    inner join {{ ref('int_platform__cluster_states') }} as states
        on
            slots.cluster_id = states.cluster_id
            and states.is_running
            and slots.slot_at + interval 5 minutes > states.started_at
            and (states.ended_at is null or slots.slot_at < states.ended_at)
    group by slots.slot_at, slots.cluster_id

),

utilization as (

    select
        slots.metric_date,
        slots.slot_at,
        slots.workspace_id,
        slots.region,
        slots.cluster_id,
        slots.driver_node_type,
        slots.worker_node_type,
        slots.node_count,
        slots.driver_seconds,
        slots.worker_seconds,
        slots.avg_cpu_percent,
        slots.max_cpu_percent,
        slots.avg_memory_percent,
        slots.max_memory_percent,
        slots.network_sent_bytes,
        slots.network_received_bytes,
        charged_slots.slot_at is not null as is_running,
        charged_slots.running_worker_count,
        {{ ledger_flags('source_hours') }}
    from slots
    left join charged_slots on slots.slot_at = charged_slots.slot_at and slots.cluster_id = charged_slots.cluster_id
    left join source_hours on date_trunc('hour', slots.slot_at) = source_hours.sector_started_at

)

select * from utilization
