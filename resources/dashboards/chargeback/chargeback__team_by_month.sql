{#- What each team cost in each of the last twelve months, with its share of the month. #}
with newest as (

    select max(usage_date) as newest_date from {{ ref('fct_cost_allocation_daily') }}

),

chargeback_monthly as (

    select * from {{ ref('fct_chargeback_monthly') }}
    where
        usage_period >= date_format(add_months((select newest.newest_date from newest), -11), 'yyyy-MM')
        and price_status = 'priced'

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
    group by usage_period, team, is_allocated, currency_code

)

select * from team_by_month
order by usage_period desc, billed_cost desc, team asc
