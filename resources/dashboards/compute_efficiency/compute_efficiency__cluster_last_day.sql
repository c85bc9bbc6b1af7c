{#- The last 24 hours of one cluster in steps of five minutes: of the one with most worker hours on the newest day. A
    dashboard with a filter puts its choice in the place of `busiest`. #}
with newest as (

    select max(metric_date) as newest_date from {{ ref('ops_cluster_utilization_5m') }}

),

slots as (

    select * from {{ ref('ops_cluster_utilization_5m') }}
    where metric_date >= date_sub((select newest.newest_date from newest), 1)

),

busiest as (

    select
        workspace_id,
        cluster_id
    from {{ ref('ops_cluster_utilization_5m') }}
    where metric_date = (select newest.newest_date from newest)
    group by workspace_id, cluster_id
    order by sum(worker_seconds) desc, workspace_id, cluster_id asc
    limit 1

),

slots_of_cluster as (

    select slots.*
    from slots
    inner join busiest on slots.workspace_id = busiest.workspace_id and slots.cluster_id = busiest.cluster_id

),

cluster_last_day as (

    select
        slot_at,
        workspace_id,
        cluster_id,
        node_count,
        running_worker_count,
        is_running,
        avg_cpu_percent,
        max_cpu_percent,
        avg_memory_percent,
        max_memory_percent,
        network_sent_bytes,
        network_received_bytes,
        is_partial
    from slots_of_cluster
    qualify slot_at > max(slot_at) over () - interval 24 hours

)

select * from cluster_last_day
order by slot_at
