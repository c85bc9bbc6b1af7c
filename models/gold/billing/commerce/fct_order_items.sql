{{ config(materialized='view') }}

with order_items as (

    select
        items.item_key,
        items.order_key,
        items.shop,
        items.order_id,
        items.ordered_at,
        items.order_date,
        orders.customer_key,
        items.product_key,
        items.seller_id,
        items.line_type,
        items.quantity,
        items.unit_price,
        orders.currency_code,
        items.item_amount,
        items.charge_amount,
        items.revenue
    from {{ ref('int_commerce__order_items') }} as items
    inner join {{ ref('fct_orders') }} as orders using (order_key)

)

select * from order_items
