{{ config(partition_by='order_date', meta={'day': 'order_date'}) }}

{% set changed = changed_days([
    {'relation': ref('stg_commerce__orders'), 'days': 'select distinct order_date from changed'},
    {'relation': ref('stg_commerce__customers'), 'days': days_of_changed_customers(ref('stg_commerce__orders'))},
]) -%}

with orders as (

    select
        *,
        delivered_at is not null or order_status = 'delivered' as is_delivered,
        cast(delivered_at as date) > cast(promised_at as date) as is_late,
        (unix_millis(delivered_at) - unix_millis(ordered_at)) / 86400000 as delivery_days,
        (unix_millis(promised_at) - unix_millis(ordered_at)) / 86400000 as promised_days
    from {{ ref('stg_commerce__orders') }}
    where {{ falls_in('order_date', changed) }}

),

customers as (

    select
        customer_id,
        state,
        ingested_at
    from {{ ref('stg_commerce__customers') }}

),

located_orders as (

    select
        orders.order_date,
        customers.state as customer_state,
        orders.is_delivered,
        orders.is_late,
        orders.delivery_days,
        orders.promised_days,
        greatest(orders.ingested_at, customers.ingested_at) as arrived_at
    from orders
    left join customers on orders.customer_id = customers.customer_id

),

deliveries_by_state_daily as (

    select
        order_date,
        customer_state,
        count(*) as order_count,
        count_if(is_delivered) as delivered_count,
        count_if(not is_delivered) as undelivered_count,
        count_if(is_late) as late_count,
        cast(try_divide(count_if(is_late), count(is_late)) as decimal(5, 4)) as late_share,
        cast(avg(delivery_days) as decimal(10, 2)) as average_delivery_days,
        cast(percentile(delivery_days, 0.9) as decimal(10, 2)) as p90_delivery_days,
        cast(avg(promised_days) as decimal(10, 2)) as average_promised_days,
        {{ commerce_flags() }},
        max(arrived_at) as as_of
    from located_orders
    group by order_date, customer_state

)

select * from deliveries_by_state_daily
