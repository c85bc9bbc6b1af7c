{{ config(partition_by='order_date', incremental_strategy='replace_days', meta={'day': 'order_date'}) }}

{% set changed = changed_days([
    {'relation': ref('stg_orders__orders'), 'days': 'select distinct order_date from changed'},
]) -%}

with placed_orders as (

    select * from {{ ref('stg_orders__orders') }}
    where {{ falls_in('order_date', changed) }}

),

customer_days as (

    select
        order_date,
        user_id,
        count(*) as order_count,
        cast(sum(amount) as decimal(38, 2)) as revenue,
        min(order_at) as first_order_at,
        max(order_at) as last_order_at
    from placed_orders
    group by order_date, user_id

)

select * from customer_days
