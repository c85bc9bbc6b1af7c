{{ config(materialized='view') }}

with usage_records as (

    select * from {{ ref('int_platform__usage_records') }}

),

complete_hours as (

    select
        source_name,
        sector_date,
        sector_started_at
    from {{ ref('int_platform__time_sectors') }}
    where is_hour_complete
    group by all

),

complete_usage_records as (

    select usage_records.*
    from usage_records
    inner join complete_hours
        on
            usage_records.source_name = complete_hours.source_name
            and usage_records.usage_date = complete_hours.sector_date
            and date_trunc('hour', usage_records.usage_started_at) = complete_hours.sector_started_at

)

-- The columns are those of int_platform__usage_records.
select * from complete_usage_records  -- noqa: AM04
