{#- How many clusters ran in each hour of the last seven days, and how busy they were, weighed by their node time. #}
with newest as (

    select max(metric_date) as newest_date from {{ ref('ops_cluster_utilization_5m') }}

),

slots as (

    select
        *,
        cast(driver_seconds as double) + cast(worker_seconds as double) as node_seconds
    from {{ ref('ops_cluster_utilization_5m') }}
    where
        metric_date > date_sub((select newest.newest_date from newest), 7)
        and is_running

),

-- Clusters first: what is left then is counted, not told apart.
cluster_hours as (

    select
        date_trunc('hour', slot_at) as hour_at,
        region,
        cluster_id,
        sum(node_seconds) as node_seconds,
        sum(avg_cpu_percent * node_seconds) as cpu_seconds,
        sum(avg_memory_percent * node_seconds) as memory_seconds,
        bool_or(is_partial) as is_partial
    from slots
    group by date_trunc('hour', slot_at), region, cluster_id

),

fleet_by_hour as (

    select
        hour_at,
        region,
        count(*) as cluster_count,
        sum(node_seconds) / 3600 as node_hours,
        try_divide(sum(cpu_seconds), sum(node_seconds)) as avg_cpu_percent,
        try_divide(sum(memory_seconds), sum(node_seconds)) as avg_memory_percent,
        bool_or(is_partial) as is_partial
    from cluster_hours
    group by hour_at, region

)

select * from fleet_by_hour
order by hour_at, region
