{#- What each SKU cost in the newest month, and up to the same day of the month before it. #}
with newest as (

    select max(usage_date) as newest_date from {{ ref('fct_usage_daily') }}

),

usage_daily as (

    select
        *,
        usage_date >= trunc((select newest.newest_date from newest), 'month') as is_newest_month,
        usage_date <= add_months((select newest.newest_date from newest), -1) as is_month_before
    from {{ ref('fct_usage_daily') }}
    where usage_date >= trunc(add_months((select newest.newest_date from newest), -1), 'month')

),

months_by_sku as (

    select
        sku_name,
        usage_unit,
        currency_code,
        sum(if(is_newest_month, usage_quantity, 0)) as usage_quantity,
        sum(if(is_newest_month, billed_cost, 0)) as billed_cost,
        sum(if(is_month_before, billed_cost, 0)) as previous_billed_cost
    from usage_daily
    where price_status = 'priced'
    group by sku_name, usage_unit, currency_code

)

select * from months_by_sku
order by billed_cost desc, sku_name asc
