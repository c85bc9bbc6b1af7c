{#- What each team cost in each month, with its share of the month. #}
with chargeback_monthly as (

    select * from {{ ref('fct_chargeback_monthly') }}

),

team_by_month as (

    select
        usage_period,
        team,
        is_allocated,
        currency_code,
        sum(billed_cost) as billed_cost,
        try_divide(
            sum(billed_cost), sum(sum(billed_cost)) over (partition by usage_period, currency_code)
        ) as share_of_month
    from chargeback_monthly
    where price_status = 'priced'
    group by usage_period, team, is_allocated, currency_code

)

select * from team_by_month
order by usage_period desc, billed_cost desc, team asc
