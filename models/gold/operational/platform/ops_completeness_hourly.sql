{{ config(partition_by='sector_date', meta={'day': 'sector_date'}) }}

{% set changed = changed_days([
    {'relation': ref('int_platform__time_sectors'), 'days': 'select distinct sector_date from changed'},
]) -%}

with time_sectors as (

    select * from {{ ref('int_platform__time_sectors') }}
    where {{ falls_in('sector_date', changed) }}

),

source_hours as (

    select * from {{ ref('int_platform__source_hours') }}
    where {{ falls_in('sector_date', changed) }}

),

completeness as (

    select
        time_sectors.source_name,
        time_sectors.region,
        time_sectors.sector_date,
        time_sectors.sector_started_at,
        time_sectors.sector_ended_at,
        time_sectors.completeness_basis,
        time_sectors.expected_records,
        time_sectors.silver_records,
        time_sectors.expected_quantity,
        time_sectors.silver_quantity,
        time_sectors.completeness_pct,
        time_sectors.watermark_at,
        time_sectors.is_time_sector_complete,
        not time_sectors.is_time_sector_complete as is_partial,
        source_hours.regions_missing,
        time_sectors.time_sector_last_updated_at,
        current_timestamp() as as_of
    from time_sectors
    inner join source_hours using (source_name, sector_date, sector_started_at)

)

select * from completeness
