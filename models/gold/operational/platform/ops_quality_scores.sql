{{ config(partition_by='landed_date', meta={'day': 'landed_date'}) }}

{#- A day counts in the means of the days after it. -#}
{% set mean_days = var('quality_mean_days') | int -%}
{% set days_after = 'explode(sequence(day, date_add(day, ' ~ (mean_days - 1) ~ ')))' -%}
{% set changed = changed_days([
    {
        'relation': ref('int_platform__landed_daily'),
        'days': 'select ' ~ days_after ~ ' from (select distinct landed_date as day from changed)',
    },
    {
        'relation': ref('int_platform__time_sectors'),
        'days': 'select ' ~ days_after ~ ' from (' ~ days_with_new_flags() ~ ') as days (day)',
    },
]) -%}

with landed_daily as (

    select * from {{ ref('int_platform__landed_daily') }}
    where {{ falls_from('landed_date', changed, mean_days) }}

),

source_days as (

    select * from {{ ref('int_platform__source_days') }}
    where {{ falls_from('sector_date', changed, mean_days) }}

),

judged as (

    select
        landed_daily.*,
        source_days.is_partial,
        source_days.regions_missing,
        source_days.completeness_pct
    from landed_daily
    left join source_days
        on landed_daily.source_name = source_days.source_name and landed_daily.landed_date = source_days.sector_date

),

layers as (

    select
        judged.*,
        shares.*
    from judged
        lateral view inline(array(
            named_struct(
                'layer', 'bronze',
                'good_share', 1 - try_divide(unreadable_rows, bronze_rows),
                'unduplicated_share', null, 'undrifted_share', null, 'punctual_share', null, 'complete_share', null
            ),
            named_struct(
                'layer', 'silver',
                'good_share', 1 - try_divide(quarantined_rows, bronze_rows),
                'unduplicated_share', try_divide(silver_rows, bronze_rows - quarantined_rows),
                'undrifted_share', 1 - try_divide(drifted_rows, silver_rows),
                'punctual_share', 1 - try_divide(late_rows, timed_rows),
                'complete_share', null
            ),
            named_struct(
                'layer', 'gold',
                'good_share', null, 'unduplicated_share', null, 'undrifted_share', null, 'punctual_share', null,
                'complete_share', cast(completeness_pct as double) / 100
            )
        )) shares as layer, good_share, unduplicated_share, undrifted_share, punctual_share, complete_share

),

scored as (

    select
        *,
        cast(100 * {{ weighted_mean({
            'good_share': var('quality_weight_good'),
            'unduplicated_share': var('quality_weight_unduplicated'),
            'undrifted_share': var('quality_weight_undrifted'),
            'punctual_share': var('quality_weight_punctual'),
            'complete_share': var('quality_weight_complete'),
        }) }} as decimal(5, 2)) as score
    from layers

),

quality_scores as (

    select
        landed_date,
        source_name,
        layer,
        bronze_rows as row_count,
        cast(good_share as decimal(7, 6)) as good_share,
        cast(unduplicated_share as decimal(7, 6)) as unduplicated_share,
        cast(undrifted_share as decimal(7, 6)) as undrifted_share,
        cast(punctual_share as decimal(7, 6)) as punctual_share,
        cast(complete_share as decimal(7, 6)) as complete_share,
        score,
        cast(avg(score) over (
            partition by source_name, layer order by unix_date(landed_date)
            range between {{ [mean_days - 1, 0] | max }} preceding and current row
        ) as decimal(5, 2)) as mean_score,
        {{ ledger_flags('scored') }}
    from scored

),

changed_scores as (

    select * from quality_scores
    where {{ falls_in('landed_date', changed) }}

)

select * from changed_scores
