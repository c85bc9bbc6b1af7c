{#- Heat map of the last 48 hours: how much of each source has arrived from each region. #}
with newest as (

    select max(sector_date) as newest_date from {{ ref('ops_completeness_hourly') }}

),

sectors as (

    select * from {{ ref('ops_completeness_hourly') }}
    where sector_date >= date_sub((select newest.newest_date from newest), 2)
    qualify sector_started_at > max(sector_started_at) over () - interval 48 hours

),

completeness as (

    select
        sector_started_at,
        source_name,
        region,
        completeness_basis,
        completeness_pct,
        expected_records,
        silver_records,
        is_time_sector_complete,
        regions_missing,
        as_of
    from sectors

)

select * from completeness
order by sector_started_at, source_name, region
