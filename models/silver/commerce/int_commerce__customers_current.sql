{{ config(materialized='view') }}

with marketplace_addresses as (

    select
        'marketplace' as shop,
        customers.customer_unique_id as customer_id,
        customers.zip_prefix,
        customers.city,
        customers.state,
        'Brazil' as country,
        orders.ordered_at,
        orders.order_id
    from {{ ref('stg_commerce__marketplace_orders') }} as orders
    inner join {{ ref('stg_commerce__marketplace_customers') }} as customers using (customer_id)

),

retail_addresses as (

    select
        'retail' as shop,
        customer_id,
        cast(null as string) as zip_prefix,
        cast(null as string) as city,
        cast(null as string) as state,
        country,
        ordered_at,
        order_id
    from {{ ref('int_commerce__retail_orders') }}
    where customer_id is not null

),

addresses as (

    select * from marketplace_addresses
    union all
    select * from retail_addresses

),

customers_current as (

    select
        {{ commerce_key('shop', 'customer_id') }} as customer_key,
        shop,
        customer_id,
        max_by(zip_prefix, struct(ordered_at, order_id)) as zip_prefix,
        max_by(city, struct(ordered_at, order_id)) as city,
        max_by(state, struct(ordered_at, order_id)) as state,
        max_by(country, struct(ordered_at, order_id)) as country,
        min(ordered_at) as first_ordered_at
    from addresses
    group by shop, customer_id

)

select * from customers_current
