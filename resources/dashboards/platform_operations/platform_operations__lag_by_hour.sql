{#- How long files that landed in an hour of the last seven days took to each layer: share within the service level, and
    the worst table's 95th percentile. #}
with newest as (

    select max(landed_date) as newest_date from {{ ref('ops_freshness_hourly') }}

),

freshness_hourly as (

    select * from {{ ref('ops_freshness_hourly') }}
    where landed_date > date_sub((select newest.newest_date from newest), 7)

),

lag_by_hour as (

    select
        landed_hour_at,
        layer,
        sum(file_count) as file_count,
        sum(waiting_count) as waiting_count,
        100 * try_divide(sum(within_slo_count), sum(file_count)) as within_slo_pct,
        max(p95_lag_seconds) as worst_p95_lag_seconds,
        max_by(relation_name, p95_lag_seconds) as worst_relation_name
    from freshness_hourly
    group by landed_hour_at, layer

)

select * from lag_by_hour
order by landed_hour_at, layer
