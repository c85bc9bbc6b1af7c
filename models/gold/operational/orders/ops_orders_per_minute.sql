{{ config(partition_by='order_date', meta={'day': 'order_date'}) }}

{% set changed = changed_days([
    {'relation': ref('stg_orders__orders'), 'days': 'select distinct order_date from changed'},
    {'relation': ref('int_orders__region_watermarks'), 'days': days_still_partial()},
]) -%}

with placed_orders as (

    select * from {{ ref('stg_orders__orders') }}
    where {{ falls_in('order_date', changed) }}

),

regions as (

    {{ region_watermarks() }}

),

minutes as (

    select
        order_date,
        date_trunc('minute', order_at) as minute_at,
        category,
        city,
        count(*) as order_count,
        count(distinct user_id) as customer_count,
        cast(sum(amount) as decimal(38, 2)) as revenue
    from placed_orders
    group by all

),

orders_per_minute as (

    select
        minutes.*,
        cast(minutes.revenue / minutes.order_count as decimal(24, 2)) as average_basket,
        {{ order_flags('minutes.minute_at + interval 1 minute') }}
    from minutes
    cross join regions

)

select * from orders_per_minute
