{#- A view over days: the sum of what is there, whatever came twice or late. -#}
{{ config(materialized='view') }}

with customer_days as (

    select * from {{ ref('int_orders__customer_days') }}

),

totals as (

    select
        user_id,
        sum(order_count) as order_count,
        cast(sum(revenue) as decimal(38, 2)) as revenue,
        cast(sum(revenue) / sum(order_count) as decimal(24, 2)) as average_basket,
        min(first_order_at) as first_order_at,
        max(last_order_at) as last_order_at
    from customer_days
    group by user_id

),

regions as (

    {{ region_watermarks() }}

),

customer_totals as (

    select
        totals.*,
        {{ order_flags(lately()) }}
    from totals
    cross join regions

)

select * from customer_totals
