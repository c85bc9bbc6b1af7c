{{ config(materialized='view') }}

with marketplace_orders as (

    select
        order_key,
        'marketplace' as shop,
        order_id,
        'sale' as order_type,
        order_status,
        is_cancelled,
        ordered_at,
        order_date,
        customer_key,
        'BRL' as currency_code,
        item_count,
        item_count as unit_count,
        item_amount,
        charge_amount,
        revenue,
        payment_amount,
        delivered_at,
        promised_at
    from {{ ref('int_commerce__marketplace_orders') }}

),

retail_orders as (

    select
        order_key,
        'retail' as shop,
        order_id,
        order_type,
        'invoiced' as order_status,
        order_type = 'return' as is_cancelled,
        ordered_at,
        order_date,
        customer_key,
        'GBP' as currency_code,
        item_count,
        unit_count,
        item_amount,
        charge_amount,
        revenue,
        cast(null as decimal(20, 4)) as payment_amount,
        cast(null as timestamp) as delivered_at,
        cast(null as timestamp) as promised_at
    from {{ ref('int_commerce__retail_orders') }}

),

orders as (

    select * from marketplace_orders
    union all
    select * from retail_orders

)

select * from orders
