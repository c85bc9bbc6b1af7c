{#- A view: fct_standing_breaks alone reads it. It names what billing lacks and has no money. -#}
{{ config(materialized='view', meta={'reads_incomplete': 'names what is held back'}) }}

with time_sectors as (

    select * from {{ ref('int_platform__time_sectors') }}
    where source_name in ('billing_usage', 'billable_usage')

),

-- Where nobody writes manifests, a later hour that is over says that the hours before it are, too.
regions as (

    select
        source_name,
        region,
        min(sector_started_at) as first_sector_at,
        max(sector_started_at) filter (
            where completeness_basis = 'watermark' and is_time_sector_complete
        ) as over_through_at
    from time_sectors
    group by all

),

billed_days as (

    select usage_date from {{ ref('fct_usage_daily') }}
    union distinct
    select to_date(adjustment_period, 'yyyy-MM') as usage_date from {{ ref('fct_billing_adjustments') }}

),

months as (

    select
        date_trunc('month', usage_date) as month_at,
        date_trunc('month', usage_date) + interval 1 month - interval 1 hour as last_hour_at
    from billed_days
    group by all

),

hours as (

    select explode(sequence(month_at, last_hour_at, interval 1 hour)) as sector_started_at
    from months

),

expected as (

    select
        regions.source_name,
        regions.region,
        hours.sector_started_at
    from regions
    inner join hours on regions.first_sector_at <= hours.sector_started_at
    where
        not coalesce(hours.sector_started_at <= regions.over_through_at, false)
        and not ({{ is_retired('regions.region', 'hours.sector_started_at') }})

),

silent as (

    select expected.*
    from expected
    left anti join time_sectors
        on
            expected.source_name = time_sectors.source_name
            and expected.region = time_sectors.region
            and expected.sector_started_at = time_sectors.sector_started_at

),

silent_hours as (

    select
        cast(sector_started_at as date) as usage_date,
        cast(null as string) as account_id,
        'silent_hours' as break_type,
        source_name as subject,
        region,
        cast(null as decimal(34, 24)) as usage_quantity,
        concat(
            'Nothing came for these hours, not even word that they were empty: deliver their manifests, or, if the'
            ' region was given up, name it in the variable retired_regions and build int_platform__time_sectors'
            ' with --full-refresh',
            {{ first_three("date_format(sector_started_at, 'HH:mm')", 'hours from') }}
        ) as detail
    from silent
    group by cast(sector_started_at as date), source_name, region

)

select * from silent_hours
