{{ config(materialized='view') }}

with usage_records as (

    select * from {{ ref('stg_platform__billing_usage') }}

),

audit_events as (

    select * from {{ ref('stg_platform__audit_logs') }}

),

records as (

    select
        'billing_usage' as source_name,
        region,
        usage_date as sector_date,
        date_trunc('hour', usage_started_at) as sector_started_at,
        usage_quantity,
        ingested_at
    from usage_records

    union all

    select
        'audit_logs' as source_name,
        region,
        event_date as sector_date,
        date_trunc('hour', event_at) as sector_started_at,
        cast(null as decimal(34, 24)) as usage_quantity,
        ingested_at
    from audit_events

),

records_hourly as (

    select
        source_name,
        region,
        sector_date,
        sector_started_at,
        count(*) as record_count,
        cast(sum(usage_quantity) as decimal(38, 24)) as quantity,
        max(ingested_at) as last_ingested_at
    from records
    group by all

)

select * from records_hourly
