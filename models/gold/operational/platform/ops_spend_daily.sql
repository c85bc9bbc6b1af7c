{{ config(partition_by='usage_date', meta={'day': 'usage_date'}) }}

{#- The month to date and the comparisons reach a month back; forecasts and history change with the same spend. -#}
{% set changed = changed_spend(days_after=31) -%}

with spend_hourly as (

    select * from {{ ref('int_platform__spend_hourly') }}
    where {{ falls_from('usage_date', changed, 31) }}

),

forecasts as (

    select * from {{ ref('int_platform__spend_forecasts') }}
    where {{ falls_in('usage_date', changed) }}

),

history as (

    select * from {{ ref('int_platform__spend_history') }}
    where {{ falls_in('usage_date', changed) }}

),

source_days as (

    select * from {{ ref('int_platform__source_days') }}
    where {{ falls_in('sector_date', changed) }}

),

daily as (

    select
        usage_date,
        series_key,
        source_name,
        account_id,
        workspace_id,
        cloud,
        billing_origin_product,
        cast(sum(dbu_quantity) as decimal(34, 24)) as dbu_quantity,
        cast(sum(list_cost) as decimal(38, 18)) as list_cost,
        cast(sum(billed_cost) as decimal(38, 18)) as billed_cost,
        sum(unpriced_count) as unpriced_count
    from spend_hourly
    group by all

),

compared as (

    select
        *,
        sum(billed_cost) over (
            partition by series_key, trunc(usage_date, 'month') order by usage_date
        ) as month_to_date_cost,
        sum(billed_cost) over (
            partition by series_key order by unix_date(usage_date) range between 1 preceding and 1 preceding
        ) as previous_day_cost,
        sum(billed_cost) over (
            partition by series_key order by unix_date(usage_date) range between 7 preceding and 7 preceding
        ) as previous_week_cost
    from daily

),

spend_daily as (

    select
        compared.usage_date,
        compared.source_name,
        compared.account_id,
        compared.workspace_id,
        compared.cloud,
        compared.billing_origin_product,
        '{{ var("billing_currency", "USD") }}' as currency_code,
        compared.dbu_quantity,
        compared.list_cost,
        compared.billed_cost,
        compared.unpriced_count,
        cast(compared.month_to_date_cost as decimal(38, 18)) as month_to_date_cost,
        cast(compared.previous_day_cost as decimal(38, 18)) as previous_day_cost,
        cast(compared.previous_week_cost as decimal(38, 18)) as previous_week_cost,
        forecasts.forecast_cost,
        cast(
            compared.month_to_date_cost - coalesce(compared.billed_cost, 0) + forecasts.forecast_cost
            + history.rest_of_month_cost as decimal(38, 6)
        ) as month_end_forecast_cost,
        history.mean_cost,
        {{ anomaly_score('compared.billed_cost', 'history') }} as z_score,
        forecasts.is_whole_day,
        {{ ledger_flags('source_days') }}
    from compared
    left join forecasts using (usage_date, series_key)
    left join history using (usage_date, series_key)
    left join source_days
        on compared.source_name = source_days.source_name and compared.usage_date = source_days.sector_date
    where {{ falls_in('compared.usage_date', changed) }}

),

judged as (

    select
        * except (is_whole_day),
        -- Too much is too much before the day is over; too little is only known then.
        case
            when z_score >= {{ var('anomaly_z_score') }} then true
            when z_score <= -{{ var('anomaly_z_score') }} and is_whole_day then true
            when z_score is not null and is_whole_day then false
        end as is_anomaly
    from spend_daily

)

select * from judged
