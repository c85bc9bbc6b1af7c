{{ config(incremental_strategy='replace_days', partition_by='sector_date', meta={'day': 'sector_date'}) }}

{% set sources, regions = sector_sources(), ref('int_platform__workspace_regions') -%}
{% set inputs = [
    {'relation': ref('stg_platform__delivery_manifests'), 'days': sector_days('select * from changed')},
    {'relation': ref('int_platform__source_watermarks'),
        'days': days_now_over(ref('int_platform__source_watermarks'))},
    {'relation': regions, 'days': days_since_a_move(sources)},
] -%}
{% for source in sources -%}
    {% do inputs.append({'relation': source.model, 'days': sector_days(record_sectors(source, regions))}) -%}
{% endfor -%}
{% set changed = changed_days(inputs) -%}

with manifests as (

    select * from {{ ref('stg_platform__delivery_manifests') }}
    where {{ falls_in('sector_date', changed) }}

),

landed as (

    select * from {{ ref('int_platform__records_hourly') }}
    where {{ falls_in('sector_date', changed) }}

),

watermarks as (

    select * from {{ ref('int_platform__source_watermarks') }}

),

allowances as (

    {{ lateness_allowances() }}

),

sectors as (

    {{ expected_sectors('landed', 'manifests', changed) }}

),

-- A region that delivers nothing itself is waited for through the slowest that does.
slowest as (

    select
        source_name,
        min(last_landed_at) as last_landed_at
    from watermarks
    group by all

),

heard as (

    select
        sectors.*,
        if(allowances.source_name is null, 'manifest', 'watermark') as completeness_basis,
        timestampadd(
            second, -allowances.lateness_allowance_seconds, coalesce(watermarks.last_landed_at, slowest.last_landed_at)
        ) as heard_until_at
    from sectors
    left join watermarks using (source_name, region)
    left join slowest using (source_name)
    left join allowances using (source_name)

),

compared as (

    select
        heard.*,
        manifests.expected_records,
        manifests.expected_quantity,
        coalesce(landed.record_count, 0) as silver_records,
        landed.quantity as silver_quantity,
        coalesce(manifests.expected_checksum = landed.checksum, true) as is_checksum_equal,
        coalesce(manifests.expected_quantity = coalesce(landed.quantity, 0), true) as is_quantity_equal,
        case
            when heard.completeness_basis = 'manifest' then manifests.complete_through_at
            -- Not beyond the sector: what is over stays as it is while the region delivers on.
            when heard.heard_until_at is not null then least(heard.sector_ended_at, heard.heard_until_at)
        end as watermark_at,
        sum(manifests.expected_records) over source_hour as hour_expected_records,
        coalesce(sum(landed.record_count) over source_hour, 0) as hour_silver_records,
        sum(manifests.expected_quantity) over source_hour as hour_expected_quantity,
        sum(landed.quantity) over source_hour as hour_silver_quantity,
        count_if(manifests.expected_records is null) over source_hour as regions_unknown,
        greatest(landed.last_ingested_at, manifests.ingested_at) as time_sector_last_updated_at
    from heard
    left join manifests using (source_name, region, sector_started_at, sector_date)
    left join landed using (source_name, region, sector_started_at, sector_date)
    window source_hour as (partition by heard.source_name, heard.sector_started_at)

),

-- With a manifest: its count, sum and checksum. Where a workspace's home is not known and two regions delivered its
-- records, the counts and sums of the hour over all regions decide (decision 0009).
judged as (

    select
        *,
        case
            when completeness_basis = 'watermark' then true
            when silver_records = expected_records then is_quantity_equal and is_checksum_equal
            else
                regions_unknown = 0
                and hour_silver_records = hour_expected_records
                and coalesce(hour_silver_quantity = hour_expected_quantity, true)
        end as has_all_records,
        coalesce(watermark_at >= sector_ended_at, false) as is_over
    from compared

),

time_sectors as (

    select
        concat_ws('|', source_name, region, sector_started_at) as sector_key,
        source_name,
        region,
        sector_date,
        sector_started_at,
        sector_ended_at,
        completeness_basis,
        expected_records,
        silver_records,
        expected_quantity,
        silver_quantity,
        cast(case
            when completeness_basis = 'watermark' then if(is_over, 100, null)
            when has_all_records then 100
            when expected_records > 0 then least(99.99, 100 * silver_records / expected_records)
        end as decimal(5, 2)) as completeness_pct,
        watermark_at,
        has_all_records and is_over as is_time_sector_complete,
        bool_and(has_all_records and is_over) over (partition by source_name, sector_started_at) as is_hour_complete,
        time_sector_last_updated_at
    from judged

)

select * from time_sectors
