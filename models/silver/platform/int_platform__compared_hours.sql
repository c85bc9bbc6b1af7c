{{ config(materialized='view') }}

with time_sectors as (

    select * from {{ ref('int_platform__time_sectors') }}
    where source_name in ('billing_usage', 'billable_usage', 'cluster_events')

),

-- What is still under way on one side is no difference. Hours without any word of cluster events are compared, too:
-- that they are missing is what the comparison then says.
compared_hours as (

    select
        sector_date as usage_date,
        sector_started_at as hour_started_at,
        sector_ended_at as hour_ended_at
    from time_sectors
    group by all
    having bool_and(is_hour_complete) and bool_or(source_name <> 'cluster_events')

)

select * from compared_hours
