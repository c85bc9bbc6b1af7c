{{ config(partition_by='landed_date', meta={'day': 'landed_date'}) }}

{#- A commit takes in files of the past only where they were waiting for it. -#}
{% set waiting_days -%}
    select distinct landed_date from {{ this }}
    where waiting_count > 0 and exists (select 1 from changed)
{%- endset -%}
{% set changed = changed_days([
    {'relation': ref('int_platform__landed_files'), 'days': 'select distinct landed_date from changed'},
    {'relation': ref('int_platform__layer_commits'), 'days': waiting_days},
    {'relation': ref('int_platform__time_sectors'), 'days': days_with_new_flags()},
]) -%}

with landed_files as (

    select * from {{ ref('int_platform__landed_files') }}
    where {{ falls_in('landed_date', changed) }}

),

commits as (

    select * from {{ ref('int_platform__layer_commits') }}

),

source_hours as (

    select * from {{ ref('int_platform__source_hours') }}
    where {{ falls_in('sector_date', changed) }}

),

arrivals as (

    {{ arrivals('landed_files', 'commits') }}

),

lags as (

    select
        landed_files.landed_date,
        landed_files.landed_at,
        landed_files.region,
        arrivals.*,
        {{ slo_seconds('arrivals.layer') }} as slo_seconds,
        {{ lag_seconds('landed_files.landed_at', 'arrivals.reached_at') }} as lag_seconds
    from landed_files
    inner join arrivals using (source_name, ingested_at)

),

hourly as (

    select
        landed_date,
        date_trunc('hour', landed_at) as landed_hour_at,
        source_name,
        region,
        layer,
        relation_name,
        slo_seconds,
        count(*) as file_count,
        count_if(reached_at is null) as waiting_count,
        count_if(lag_seconds <= slo_seconds) as within_slo_count,
        max(landed_at) as newest_landed_at,
        max(reached_at) as newest_reached_at,
        max(struct(landed_at, lag_seconds)).lag_seconds as newest_lag_seconds,
        cast(percentile(lag_seconds, 0.5) as decimal(18, 3)) as p50_lag_seconds,
        cast(percentile(lag_seconds, 0.95) as decimal(18, 3)) as p95_lag_seconds,
        max(lag_seconds) as max_lag_seconds
    from lags
    group by all

),

freshness as (

    select
        hourly.*,
        cast(100 * hourly.within_slo_count / hourly.file_count as decimal(5, 2)) as within_slo_pct,
        {{ ledger_flags('source_hours') }}
    from hourly
    left join source_hours
        on hourly.source_name = source_hours.source_name and hourly.landed_hour_at = source_hours.sector_started_at

)

select * from freshness
