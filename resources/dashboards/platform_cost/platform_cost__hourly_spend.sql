{#- What each hour of the last seven days cost, by product. #}
with newest as (

    select max(usage_date) as newest_date from {{ ref('fct_usage_hourly') }}

),

usage_hourly as (

    select * from {{ ref('fct_usage_hourly') }}
    where usage_date > date_sub((select newest.newest_date from newest), 7)

),

hourly_spend as (

    select
        usage_hour_at,
        billing_origin_product,
        currency_code,
        sum(billed_cost) as billed_cost,
        sum(correction_count) as correction_count
    from usage_hourly
    where price_status = 'priced'
    group by usage_hour_at, billing_origin_product, currency_code

)

select * from hourly_spend
order by usage_hour_at, billing_origin_product, currency_code
