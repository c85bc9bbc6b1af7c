{{ config(materialized='view') }}

with time_sectors as (

    select * from {{ ref('int_platform__time_sectors') }}

),

source_hours as (

    select
        source_name,
        sector_date,
        sector_started_at,
        not bool_and(is_time_sector_complete) as is_partial,
        array_sort(collect_set(if(is_time_sector_complete, null, region))) as regions_missing,
        cast(avg(completeness_pct) as decimal(5, 2)) as completeness_pct
    from time_sectors
    group by all

)

select * from source_hours
