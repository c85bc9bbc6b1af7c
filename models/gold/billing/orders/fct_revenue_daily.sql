{{ config(partition_by='order_date', meta={'day': 'order_date'}) }}

{% set changed = changed_days([
    {'relation': ref('stg_orders__orders'), 'days': 'select distinct order_date from changed'},
]) -%}

with placed_orders as (

    select * from {{ ref('stg_orders__orders') }}
    where {{ falls_in('order_date', changed) }}

),

daily as (

    select
        order_date,
        restaurant_id,
        category,
        count(*) as order_count,
        cast(sum(quantity) as decimal(38, 3)) as quantity,
        cast(sum(amount) as decimal(38, 2)) as revenue
    from placed_orders
    group by order_date, restaurant_id, category

)

select * from daily
