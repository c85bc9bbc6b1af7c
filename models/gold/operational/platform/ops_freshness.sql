{#- A view: it holds the newest hours of a table that is small already. -#}
{{ config(materialized='view') }}

with freshness_hourly as (

    select * from {{ ref('ops_freshness_hourly') }}

),

watermarks as (

    select
        source_name,
        region,
        max(watermark_at) as watermark_at
    from {{ ref('int_platform__time_sectors') }}
    group by all

),

newest_hours as (

    select
        source_name,
        region,
        layer,
        relation_name,
        max(landed_hour_at) as newest_hour_at
    from freshness_hourly
    group by all

),

-- The last 24 hours of arrivals, not of the clock: a source that is silent keeps its figures, and its age shows.
-- Joined, because a window would sort every hour there is; of older days no file is opened.
last_day as (

    select freshness_hourly.*
    from freshness_hourly
    inner join newest_hours using (source_name, region, layer, relation_name)
    where
        freshness_hourly.landed_hour_at > newest_hours.newest_hour_at - interval 24 hours
        and freshness_hourly.landed_date >= date_sub(
            (select cast(min(slowest.newest_hour_at) as date) from newest_hours as slowest), 1
        )

),

newest as (

    select
        source_name,
        region,
        layer,
        relation_name,
        slo_seconds,
        max(newest_landed_at) as newest_landed_at,
        max(newest_reached_at) as newest_reached_at,
        max(struct(newest_landed_at, newest_lag_seconds)).newest_lag_seconds as lag_seconds,
        cast(sum(file_count) as bigint) as file_count,
        cast(sum(waiting_count) as bigint) as waiting_count,
        cast(100 * sum(within_slo_count) / sum(file_count) as decimal(5, 2)) as within_slo_pct,
        max(max_lag_seconds) as max_lag_seconds,
        bool_or(is_partial) as is_partial,
        array_sort(array_distinct(flatten(collect_list(regions_missing)))) as regions_missing,
        cast(avg(completeness_pct) as decimal(5, 2)) as completeness_pct
    from last_day
    group by all

),

freshness as (

    select
        newest.source_name,
        newest.region,
        newest.layer,
        newest.relation_name,
        newest.slo_seconds,
        newest.newest_landed_at,
        newest.newest_reached_at,
        newest.lag_seconds,
        newest.waiting_count = 0 and newest.lag_seconds <= newest.slo_seconds as is_within_slo,
        newest.file_count,
        newest.waiting_count,
        newest.within_slo_pct,
        newest.max_lag_seconds,
        watermarks.watermark_at,
        cast(
            unix_seconds(newest.newest_landed_at) - unix_seconds(watermarks.watermark_at) as bigint
        ) as watermark_lag_seconds,
        newest.is_partial,
        newest.regions_missing,
        newest.completeness_pct,
        current_timestamp() as as_of
    from newest
    left join watermarks using (source_name, region)

)

select * from freshness
