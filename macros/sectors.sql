{#- The sectors that a run judges: every region since its first hour, in every hour in which anything of the account
    spoke. A silent region, or a silent source, is incomplete, never absent and never zero.

    landed, manifests  names of CTEs with source_name, region, sector_started_at, sector_date, of the changed days
    changed            those days; what the ledger says of them already counts no more -#}
{% macro expected_sectors(landed, manifests, changed) -%}
    with spoken_of as (
        select source_name, region, sector_started_at, sector_date from {{ landed }}
        union distinct
        select source_name, region, sector_started_at, sector_date from {{ manifests }}
    ),

    known_regions as (
        select source_name, region, min(sector_started_at) as first_sector_at
        from (
            select source_name, region, sector_started_at from spoken_of
            {%- if is_incremental() %}
            union all
            select source_name, region, sector_started_at from {{ this }}
            where
                {{ has_spoken() }}
                and not ({{ falls_in('sector_date', changed) }})
            {%- endif %}
        )
        group by source_name, region
    )

    select
        known_regions.source_name,
        known_regions.region,
        hours.sector_started_at,
        hours.sector_date,
        hours.sector_started_at + interval 1 hour as sector_ended_at
    from known_regions
    inner join (select distinct sector_started_at, sector_date from spoken_of) as hours
        on known_regions.first_sector_at <= hours.sector_started_at
    where not ({{ is_retired('known_regions.region', 'hours.sector_started_at') }})
{%- endmacro %}
