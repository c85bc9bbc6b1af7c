{{ config(partition_by='metric_date', meta={'day': 'metric_date'}) }}

{% set changed = changed_days([
    {'relation': ref('ops_cluster_utilization_5m'), 'days': 'select distinct metric_date from changed'},
    {'relation': ref('int_platform__time_sectors'), 'days': days_with_new_flags(['cluster_metrics'])},
]) -%}

with charged_slots as (

    select
        *,
        avg_cpu_percent < {{ compute_threshold('idle_cpu_percent') }} as is_quiet
    from {{ ref('ops_cluster_utilization_5m') }}
    where is_running and {{ falls_in('metric_date', changed) }}

),

source_days as (

    select * from {{ ref('int_platform__source_days') }}
    where source_name = 'cluster_metrics' and {{ falls_in('sector_date', changed) }}

),

-- Quiet slots that follow each other without a break share a stretch.
stretched as (

    select
        *,
        unix_seconds(slot_at) div 300 - row_number() over (
            partition by metric_date, workspace_id, cluster_id, is_quiet order by slot_at
        ) as stretch
    from charged_slots

),

rated as (

    select
        *,
        is_quiet and 5 * count(*) over (
            partition by metric_date, workspace_id, cluster_id, is_quiet, stretch
        ) >= {{ compute_threshold('idle_minutes') }} as is_idle
    from stretched

),

daily as (

    select
        metric_date,
        workspace_id,
        cluster_id,
        max(region) as region,
        max(driver_node_type) as driver_node_type,
        max(worker_node_type) as worker_node_type,
        5 * count(*) as running_minutes,
        5 * count_if(is_idle) as idle_minutes,
        cast(sum(if(is_idle, driver_seconds, 0)) / 3600 as decimal(20, 6)) as idle_driver_hours,
        cast(sum(if(is_idle, worker_seconds, 0)) / 3600 as decimal(20, 6)) as idle_worker_hours,
        5 * count_if(not is_idle) as busy_minutes,
        cast(sum(if(is_idle, 0, worker_seconds)) / 3600 as decimal(20, 6)) as busy_worker_hours,
        cast(percentile(if(is_idle, null, avg_cpu_percent), 0.95) as decimal(7, 2)) as busy_p95_cpu_percent,
        cast(percentile(if(is_idle, null, avg_memory_percent), 0.95) as decimal(7, 2)) as busy_p95_memory_percent,
        cast(floor(percentile(if(is_idle, null, running_worker_count), 0.5)) as bigint) as busy_worker_count
    from rated
    group by metric_date, workspace_id, cluster_id

),

-- As many workers as would carry the load at the target, and one at least.
sized as (

    select
        *,
        case
            when
                busy_minutes >= {{ compute_threshold('oversized_minutes') }}
                and busy_p95_cpu_percent < {{ compute_threshold('oversized_cpu_percent') }}
                and busy_p95_memory_percent < {{ compute_threshold('oversized_memory_percent') }}
                then busy_worker_count - greatest(
                    1,
                    ceil(
                        busy_worker_count * greatest(busy_p95_cpu_percent, busy_p95_memory_percent)
                        / {{ compute_threshold('target_load_percent') }}
                    )
                )
            else 0
        end as spare_workers
    from daily

),

efficiency as (

    select
        sized.* except (spare_workers),
        cast(greatest(sized.spare_workers, 0) as bigint) as removable_workers,
        cast(
            sized.busy_worker_hours * greatest(sized.spare_workers, 0) / greatest(sized.busy_worker_count, 1)
            as decimal(20, 6)
        ) as removable_worker_hours,
        {{ ledger_flags('source_days') }}
    from sized
    left join source_days on sized.metric_date = source_days.sector_date

)

select * from efficiency
