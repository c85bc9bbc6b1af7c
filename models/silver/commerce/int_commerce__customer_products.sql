{{ config(materialized='view') }}

with orders as (

    {{ customer_orders() }}

),

customer_products as (

    select
        orders.shop,
        orders.customer_key,
        items.product_key,
        orders.order_date,
        count(distinct orders.order_key) as order_count
    from orders
    inner join {{ ref('int_commerce__order_items') }} as items using (order_key)
    where
        orders.is_purchase
        and items.line_type = 'sale'
        and items.product_key is not null
    group by orders.shop, orders.customer_key, items.product_key, orders.order_date

)

select * from customer_products
