{#- The price list as it holds on the newest day of the bill and as it reads now, with the price that it replaced. #}
with newest as (

    select max(usage_date) as newest_date from {{ ref('fct_usage_daily') }}

),

prices as (

    select
        *,
        lag(list_price) over (
            partition by account_id, sku_name, cloud, usage_unit, currency_code order by price_started_at
        ) as previous_list_price
    from {{ ref('dim_prices') }}
    where is_current and not is_deleted

),

prices_in_force as (

    select
        prices.account_id,
        prices.sku_name,
        prices.cloud,
        prices.usage_unit,
        prices.currency_code,
        prices.list_price,
        prices.previous_list_price,
        prices.price_started_at,
        prices.price_ended_at
    from prices
    inner join newest
        on
            prices.price_started_at < date_add(newest.newest_date, 1)
            and (prices.price_ended_at is null or prices.price_ended_at >= date_add(newest.newest_date, 1))

)

select * from prices_in_force
order by account_id, sku_name, cloud, usage_unit, currency_code
