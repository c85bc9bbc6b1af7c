{{ config(
    unique_key=none, incremental_strategy='replace_days', partition_by='usage_date', meta={'day': 'usage_date'}
) }}

{% set changed = changed_spend(days_after=28) -%}

with spend_hourly as (

    select * from {{ ref('int_platform__spend_hourly') }}
    where {{ falls_from('usage_date', changed, 28) }}

),

whole_hours as (

    select
        source_name,
        sector_date,
        hour(sector_started_at) as hour_of_day
    from {{ ref('int_platform__source_hours') }}
    where not is_partial and {{ falls_from('sector_date', changed, 28) }}

),

whole_days as (

    select
        source_name,
        sector_date
    from whole_hours
    group by source_name, sector_date
    having count(*) = 24

),

so_far as (

    select
        spend_hourly.usage_date,
        spend_hourly.source_name,
        spend_hourly.series_key,
        coalesce(sum(spend_hourly.billed_cost), 0) as billed_cost,
        coalesce(sum(spend_hourly.billed_cost) filter (where whole_hours.hour_of_day is not null), 0)
            as whole_hours_cost
    from spend_hourly
    left join whole_hours
        on
            spend_hourly.source_name = whole_hours.source_name
            and spend_hourly.usage_date = whole_hours.sector_date
            and hour(spend_hourly.usage_hour_at) = whole_hours.hour_of_day
    where {{ falls_in('usage_date', changed) }}
    group by all

),

-- The same weekday of the last four weeks, where it is whole: all of it, and the hours that are whole in the day.
past_weekdays as (

    select
        so_far.usage_date,
        so_far.series_key,
        count(distinct past.usage_date) as day_count,
        sum(past.billed_cost) as billed_cost,
        sum(past.billed_cost) filter (where whole_hours.hour_of_day is not null) as same_hours_cost
    from so_far
    inner join spend_hourly as past
        on
            so_far.series_key = past.series_key
            and datediff(so_far.usage_date, past.usage_date) in (7, 14, 21, 28)
    inner join whole_days on past.source_name = whole_days.source_name and past.usage_date = whole_days.sector_date
    left join whole_hours
        on
            so_far.source_name = whole_hours.source_name
            and so_far.usage_date = whole_hours.sector_date
            and hour(past.usage_hour_at) = whole_hours.hour_of_day
    group by all

),

spend_forecasts as (

    select
        so_far.usage_date,
        so_far.series_key,
        whole_days.sector_date is not null as is_whole_day,
        coalesce(past_weekdays.day_count, 0) as past_day_count,
        cast(case
            when whole_days.sector_date is not null then so_far.billed_cost
            when past_weekdays.day_count >= {{ var('forecast_min_weeks') }} and past_weekdays.same_hours_cost > 0
                then
                    cast(so_far.whole_hours_cost as double)
                    * cast(past_weekdays.billed_cost as double) / cast(past_weekdays.same_hours_cost as double)
        end as decimal(38, 6)) as forecast_cost
    from so_far
    left join whole_days on so_far.source_name = whole_days.source_name and so_far.usage_date = whole_days.sector_date
    left join past_weekdays using (usage_date, series_key)

)

select * from spend_forecasts
