{#- What the newest month comes to so far, by SKU, with the mean price of a unit and what was negotiated off. #}
with newest as (

    select max(usage_date) as newest_date from {{ ref('fct_usage_daily') }}

),

usage_daily as (

    select * from {{ ref('fct_usage_daily') }}
    where usage_date >= trunc((select newest.newest_date from newest), 'month')

),

month_so_far as (

    select
        account_id,
        sku_name,
        cloud,
        usage_unit,
        currency_code,
        price_status,
        max(usage_date) as newest_date,
        sum(usage_quantity) as usage_quantity,
        sum(list_cost) as list_cost,
        sum(billed_cost) as billed_cost,
        try_divide(sum(billed_cost), sum(usage_quantity)) as mean_unit_price,
        1 - try_divide(sum(billed_cost), sum(list_cost)) as discount_share
    from usage_daily
    group by account_id, sku_name, cloud, usage_unit, currency_code, price_status

)

select * from month_so_far
order by billed_cost desc nulls last, account_id asc, sku_name asc, cloud asc
