{#- What each of the last 30 days cost, with the mean of the seven days up to it. The days before the first are read for
    that mean, too. #}
with newest as (

    select max(usage_date) as newest_date from {{ ref('fct_usage_daily') }}

),

usage_daily as (

    select * from {{ ref('fct_usage_daily') }}
    where usage_date > date_sub((select newest.newest_date from newest), 36)

),

daily as (

    select
        usage_date,
        currency_code,
        sum(list_cost) as list_cost,
        sum(billed_cost) as billed_cost
    from usage_daily
    where price_status = 'priced'
    group by usage_date, currency_code

),

averaged as (

    select
        usage_date,
        currency_code,
        list_cost,
        billed_cost,
        avg(billed_cost) over (
            partition by currency_code order by unix_date(usage_date) range between 6 preceding and current row
        ) as mean_billed_cost
    from daily

),

daily_spend as (

    select * from averaged
    where usage_date > date_sub((select newest.newest_date from newest), 30)

)

select * from daily_spend
order by usage_date, currency_code
