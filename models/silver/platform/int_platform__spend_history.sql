{{ config(
    unique_key=none, incremental_strategy='replace_days', partition_by='usage_date', meta={'day': 'usage_date'}
) }}

{% set changed = changed_spend(days_after=28) -%}

with spend_daily as (

    select
        usage_date,
        source_name,
        series_key,
        cast(coalesce(sum(billed_cost), 0) as decimal(38, 6)) as billed_cost
    from {{ ref('int_platform__spend_hourly') }}
    where {{ falls_from('usage_date', changed, 28) }}
    group by all

),

days as (

    select
        usage_date,
        source_name
    from spend_daily
    where {{ falls_in('usage_date', changed) }}
    group by all

),

-- Whole days of the four weeks before: a series without usage on one of them spent nothing that day.
past_days as (

    select
        days.usage_date,
        days.source_name,
        whole_days.sector_date as past_date,
        weekday(whole_days.sector_date) as past_weekday
    from days
    inner join {{ ref('int_platform__source_days') }} as whole_days
        on
            not whole_days.is_partial
            and {{ falls_from('whole_days.sector_date', changed, 28) }}
            and days.source_name = whole_days.source_name
            and datediff(days.usage_date, whole_days.sector_date) between 1 and 28

),

days_to_come as (

    select
        usage_date,
        source_name,
        weekday(date_to_come) as past_weekday,
        count(*) as to_come_count
    from days
        lateral view explode(sequence(date_add(usage_date, 1), date_add(last_day(usage_date), 1))) as date_to_come
    where date_to_come <= last_day(usage_date)
    group by all

),

past_spend as (

    select
        spend_daily.usage_date,
        spend_daily.source_name,
        spend_daily.series_key,
        past_days.past_weekday,
        count(*) as day_count,
        sum(coalesce(past.billed_cost, 0)) as cost,
        sum(cast(pow(coalesce(past.billed_cost, 0), 2) as decimal(38, 6))) as squared_cost
    from spend_daily
    inner join past_days using (usage_date, source_name)
    left join spend_daily as past
        on spend_daily.series_key = past.series_key and past_days.past_date = past.usage_date
    group by all

),

compared as (

    select
        past_spend.usage_date,
        past_spend.series_key,
        sum(past_spend.day_count) as past_day_count,
        cast(sum(past_spend.cost) as double) as past_cost,
        cast(sum(past_spend.squared_cost) as double) as past_squared_cost,
        sum(cast(
            days_to_come.to_come_count * past_spend.cost / past_spend.day_count as decimal(38, 6)
        )) as to_come_cost,
        coalesce(sum(days_to_come.to_come_count), 0) as to_come_count
    from past_spend
    left join days_to_come using (usage_date, source_name, past_weekday)
    group by all

),

spend_history as (

    select
        usage_date,
        series_key,
        past_day_count,
        cast(past_cost / past_day_count as decimal(38, 6)) as mean_cost,
        if(past_day_count > 1, cast(sqrt(greatest(
            0, past_squared_cost - past_cost * past_cost / past_day_count
        ) / (past_day_count - 1)) as decimal(38, 6)), null) as stddev_cost,
        -- A weekday to come of which no whole day is known makes the rest of the month unknown.
        if(
            to_come_count = datediff(last_day(usage_date), usage_date),
            coalesce(to_come_cost, 0), null
        ) as rest_of_month_cost
    from compared

)

select * from spend_history
