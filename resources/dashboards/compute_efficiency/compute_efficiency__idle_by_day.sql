{#- How much of the clusters' running time of the last 30 days was idle, and how many worker hours were too many. #}
with newest as (

    select max(metric_date) as newest_date from {{ ref('ops_cluster_efficiency_daily') }}

),

efficiency as (

    select * from {{ ref('ops_cluster_efficiency_daily') }}
    where metric_date > date_sub((select newest.newest_date from newest), 30)

),

idle_by_day as (

    select
        metric_date,
        region,
        count(*) as cluster_count,
        count_if(removable_workers > 0) as oversized_cluster_count,
        sum(running_minutes) as running_minutes,
        sum(idle_minutes) as idle_minutes,
        try_divide(sum(idle_minutes), sum(running_minutes)) as idle_share,
        sum(idle_worker_hours) as idle_worker_hours,
        sum(removable_worker_hours) as removable_worker_hours,
        bool_or(is_partial) as is_partial
    from efficiency
    group by metric_date, region

)

select * from idle_by_day
order by metric_date, region
