{{ config(liquid_clustered_by='order_date', incremental_strategy='replace_days', meta={'day': 'order_date'}) }}

{% set changed = changed_days([
    {'relation': ref('stg_commerce__marketplace_orders'), 'days': 'select distinct order_date from changed'},
    {'relation': ref('int_commerce__order_items'), 'days': 'select distinct order_date from changed'},
    {'relation': ref('stg_commerce__marketplace_order_payments'), 'days': days_of_marketplace_orders()},
    {'relation': ref('stg_commerce__marketplace_customers'), 'days': days_of_marketplace_orders('customer_id')},
]) -%}

with placed_orders as (

    select * from {{ ref('stg_commerce__marketplace_orders') }}
    where {{ falls_in('order_date', changed) }}

),

items as (

    select
        order_id,
        count(*) as item_count,
        sum(item_amount) as item_amount,
        sum(charge_amount) as charge_amount,
        sum(revenue) as revenue
    from {{ ref('int_commerce__order_items') }}
    where shop = 'marketplace' and {{ falls_in('order_date', changed) }}
    group by order_id

),

payments as (

    select
        order_id,
        sum(payments.amount) as payment_amount,
        array_sort(collect_set(payments.payment_type)) as payment_types
    from {{ ref('stg_commerce__marketplace_order_payments') }} as payments
    inner join placed_orders using (order_id)
    group by order_id

),

marketplace_orders as (

    select
        {{ commerce_order_key("'marketplace'", 'orders.order_id', 'orders.order_date') }} as order_key,
        orders.order_id,
        orders.order_status,
        {{ is_cancelled_status('orders.order_status') }} as is_cancelled,
        orders.ordered_at,
        orders.order_date,
        {{ commerce_key("'marketplace'", 'customers.customer_unique_id') }} as customer_key,
        customers.customer_unique_id as customer_id,
        customers.state,
        coalesce(items.item_count, 0) as item_count,
        cast(coalesce(items.item_amount, 0) as decimal(20, 4)) as item_amount,
        cast(coalesce(items.charge_amount, 0) as decimal(20, 4)) as charge_amount,
        cast(coalesce(items.revenue, 0) as decimal(20, 4)) as revenue,
        cast(payments.payment_amount as decimal(20, 4)) as payment_amount,
        payments.payment_types,
        orders.approved_at,
        orders.shipped_at,
        orders.delivered_at,
        orders.promised_at
    from placed_orders as orders
    left join items using (order_id)
    left join payments using (order_id)
    left join {{ ref('stg_commerce__marketplace_customers') }} as customers using (customer_id)

)

select * from marketplace_orders
