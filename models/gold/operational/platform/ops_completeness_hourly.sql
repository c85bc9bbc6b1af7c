{{ config(partition_by='sector_date', meta={'day': 'sector_date'}) }}

{#- [source, staging model, when it happened, its day, what is summed beside the count] -#}
{% set watched = [
    ['billing_usage', ref('stg_platform__billing_usage'), 'usage_started_at', 'usage_date', 'usage_quantity'],
    ['audit_logs', ref('stg_platform__audit_logs'), 'event_at', 'event_date', 'cast(null as decimal(34, 24))'],
] -%}
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

    select distinct source_name, region from {{ ref('stg_platform__delivery_manifests') }}

),

landed as (

    {% for source_name, model, happened_at, day, quantity in watched %}
    select
        '{{ source_name }}' as source_name,
        region,
        date_trunc('hour', {{ happened_at }}) as sector_started_at,
        {{ day }} as sector_date,
        count(*) as silver_records,
        cast(sum({{ quantity }}) as decimal(38, 24)) as silver_quantity,
        max(ingested_at) as last_ingested_at
    from {{ model }}
    where {{ falls_in(day, changed) }}
    group by all
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

-- Every known region has a row in every hour in which any region of the source says or shows something:
-- a silent region is incomplete, never absent and never zero.
sectors as (

    select source_name, region, sector_started_at, sector_date from landed
    union
    select source_name, region, sector_started_at, sector_date from manifests
    union
    select
        known_regions.source_name,
        known_regions.region,
        hours.sector_started_at,
        hours.sector_date
    from known_regions
    inner join
        (
            select source_name, sector_started_at, sector_date from landed
            union
            select source_name, sector_started_at, sector_date from manifests
        ) as hours
        on known_regions.source_name = hours.source_name

),

compared as (

    select
        sectors.*,
        manifests.expected_records,
        manifests.expected_quantity,
        manifests.complete_through_at,
        coalesce(landed.silver_records, 0) as silver_records,
        landed.silver_quantity,
        sum(manifests.expected_records) over source_hour as hour_expected_records,
        sum(landed.silver_records) over source_hour as hour_silver_records,
        count_if(manifests.expected_records is null) over source_hour as regions_unknown,
        greatest(landed.last_ingested_at, manifests.ingested_at) as last_updated_at
    from sectors
    left join manifests using (source_name, region, sector_started_at, sector_date)
    left join landed using (source_name, region, sector_started_at, sector_date)
    window source_hour as (partition by source_name, sector_started_at)

),

-- A record that two regions delivered counts for the one that came first. So a sector has all its records when its
-- own count says so, or when those of the hour over all regions do.
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
