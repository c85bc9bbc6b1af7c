{{ config(materialized='view') }}

with source_hours as (

    select * from {{ ref('int_platform__source_hours') }}

),

source_days as (

    select
        source_name,
        sector_date,
        count(*) < 24 or bool_or(is_partial) as is_partial,
        array_sort(array_distinct(flatten(collect_list(regions_missing)))) as regions_missing,
        cast(avg(completeness_pct) as decimal(5, 2)) as completeness_pct
    from source_hours
    group by all

)

select * from source_days
