-- Billing has no hour that is not complete in every region of its source.
with billed_hours as (

    select
        usage_date,
        usage_hour_at
    from {{ ref('fct_usage_hourly') }}
    group by all

),

complete_hours as (

    select
        sector_date,
        sector_started_at
    from {{ ref('int_platform__time_sectors') }}
    where source_name in ('billing_usage', 'billable_usage') and is_hour_complete
    group by all

)

select billed_hours.*
from billed_hours
left anti join complete_hours
    on
        billed_hours.usage_date = complete_hours.sector_date
        and billed_hours.usage_hour_at = complete_hours.sector_started_at
