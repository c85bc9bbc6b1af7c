{#- A view: a row for each thing and day, of which there are few. -#}
{{ config(materialized='view') }}

with drift_daily as (

    select * from {{ ref('int_platform__drift_daily') }}

),

source_days as (

    select * from {{ ref('int_platform__source_days') }}

),

drift as (

    select
        drift_daily.drift_date,
        drift_daily.source_name,
        drift_daily.kind,
        drift_daily.subject,
        drift_daily.record_count,
        min(drift_daily.first_seen_at) over (
            partition by drift_daily.source_name, drift_daily.kind, drift_daily.subject
        ) as first_seen_at,
        drift_daily.last_seen_at,
        drift_daily.regions,
        drift_daily.example_type,
        drift_daily.example_file,
        {{ ledger_flags('source_days') }}
    from drift_daily
    left join source_days
        on drift_daily.source_name = source_days.source_name and drift_daily.drift_date = source_days.sector_date

)

select * from drift
