{{ config(materialized='view') }}

with sectors as (

    select * from {{ ref('int_platform__time_sectors') }}
    where source_name in ('billing_usage', 'billable_usage')

),

hours as (

    select
        sector_started_at,
        sector_ended_at,
        bool_and(is_hour_complete) as is_complete,
        max(time_sector_last_updated_at) as last_updated_at
    from sectors
    group by sector_started_at, sector_ended_at

),

recency as (

    select -- noqa: disable=CP02
        'lakeledger_cost_and_usage' as DatasetInstanceId,
        'lakeledger FOCUS 1.3 Cost and Usage' as DatasetInstanceName,
        max(last_updated_at) over () as DatasetInstanceLastUpdated,
        max(last_updated_at) over () as RecencyLastUpdated,
        sector_started_at as TimeSectorStart,
        sector_ended_at as TimeSectorEnd,
        is_complete as TimeSectorComplete,
        last_updated_at as TimeSectorLastUpdated,
        cast(sector_started_at as date) as x_UsageDate
    from hours

)

select * from recency
