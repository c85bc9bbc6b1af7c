{{ config(partition_by='sector_date', meta={'day': 'sector_date'}) }}

{% set changed = changed_days([
    {'relation': ref('stg_platform__billing_usage'), 'days': 'select distinct usage_date from changed'},
    {'relation': ref('stg_platform__audit_logs'), 'days': 'select distinct event_date from changed'},
    {'relation': ref('stg_platform__delivery_manifests'), 'days': 'select distinct sector_date from changed'},
]) -%}

with manifests as (

    select * from {{ ref('stg_platform__delivery_manifests') }}
    where {{ falls_in('sector_date', changed) }}

),

known_regions as (

    select
        source_name,
        region
    from {{ ref('stg_platform__delivery_manifests') }}
    group by all

),

landed as (

    select * from {{ ref('int_platform__records_hourly') }}
    where {{ falls_in('sector_date', changed) }}

),

spoken_of as (

    select
        source_name,
        region,
        sector_started_at,
        sector_date
    from landed

    union distinct

    select
        source_name,
        region,
        sector_started_at,
        sector_date
    from manifests

),

-- Every known region has a row in every hour in which any region of the source says or shows something:
-- a silent region is incomplete, never absent and never zero.
sectors as (

    select * from spoken_of

    union distinct

    select
        known_regions.source_name,
        known_regions.region,
        spoken_of.sector_started_at,
        spoken_of.sector_date
    from known_regions
    inner join spoken_of on known_regions.source_name = spoken_of.source_name

),

compared as (

    select
        sectors.*,
        manifests.expected_records,
        manifests.expected_quantity,
        manifests.complete_through_at,
        coalesce(landed.record_count, 0) as silver_records,
        landed.quantity as silver_quantity,
        sum(manifests.expected_records) over source_hour as hour_expected_records,
        sum(landed.record_count) over source_hour as hour_silver_records,
        count_if(manifests.expected_records is null) over source_hour as regions_unknown,
        greatest(landed.last_ingested_at, manifests.ingested_at) as last_updated_at
    from sectors
    left join manifests using (source_name, region, sector_started_at, sector_date)
    left join landed using (source_name, region, sector_started_at, sector_date)
    window source_hour as (partition by source_name, sector_started_at)

),

-- A record that two regions delivered counts for the one that came first. So a sector has all its
-- records when its own count says so, or when those of the hour over all regions do.
judged as (

    select
        *,
        coalesce(silver_records = expected_records, false)
        or regions_unknown = 0 and hour_silver_records = hour_expected_records as has_all_records
    from compared

),

completeness as (

    select
        source_name,
        region,
        sector_date,
        sector_started_at,
        sector_started_at + interval 1 hour as sector_ended_at,
        expected_records,
        silver_records,
        expected_quantity,
        silver_quantity,
        cast(case
            when has_all_records then 100
            when expected_records > 0 then least(99.99, 100 * silver_records / expected_records)
        end as decimal(5, 2)) as completeness_pct,
        has_all_records
        and coalesce(complete_through_at >= sector_started_at + interval 1 hour, false) as is_time_sector_complete,
        not has_all_records
        or coalesce(complete_through_at < sector_started_at + interval 1 hour, true) as is_partial,
        last_updated_at as time_sector_last_updated_at,
        current_timestamp() as as_of
    from judged

)

select * from completeness
