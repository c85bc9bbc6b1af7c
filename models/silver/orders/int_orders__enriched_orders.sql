{#- What is not known of an order yet is null and named; the version that comes later completes the day. -#}
{{ config(partition_by='order_date', incremental_strategy='replace_days', meta={'day': 'order_date'}) }}

{% set changed = changed_days([
    {'relation': ref('stg_orders__orders'), 'days': 'select distinct order_date from changed'},
    {'relation': ref('stg_orders__customers'), 'days': days_of_new_versions('user_id', 'customer_updated_at')},
    {'relation': ref('stg_orders__dishes'), 'days': days_of_new_versions('dish_id', 'dish_updated_at')},
    {'relation': ref('stg_orders__restaurants'), 'days': days_of_new_versions('restaurant_id', 'restaurant_updated_at')},
]) -%}

with placed_orders as (

    select * from {{ ref('stg_orders__orders') }}
    where {{ falls_in('order_date', changed) }}

),

customers as (

    {{ version_windows(ref('stg_orders__customers'), 'user_id') }}

),

dishes as (

    {{ version_windows(ref('stg_orders__dishes'), 'dish_id') }}

),

restaurants as (

    {{ version_windows(ref('stg_orders__restaurants'), 'restaurant_id') }}

),

enriched_orders as (

    select
        placed_orders.record_key,
        placed_orders.order_id,
        placed_orders.order_at,
        placed_orders.order_date,
        placed_orders.region,
        placed_orders.user_id,
        placed_orders.dish_id,
        placed_orders.restaurant_id,
        coalesce(placed_orders.category, dishes.category) as category,
        placed_orders.price,
        placed_orders.quantity,
        placed_orders.amount,
        placed_orders.city,
        placed_orders.latitude,
        placed_orders.longitude,
        placed_orders.card_id,
        placed_orders.device_id,
        customers.city as customer_city,
        customers.registered_at as customer_registered_at,
        customers.updated_at as customer_updated_at,
        dishes.dish_name,
        dishes.list_price,
        dishes.updated_at as dish_updated_at,
        restaurants.restaurant_name,
        restaurants.city as restaurant_city,
        restaurants.cuisine,
        restaurants.updated_at as restaurant_updated_at,
        cast({{ distance_km(
            'placed_orders.latitude', 'placed_orders.longitude', 'restaurants.latitude', 'restaurants.longitude'
        ) }} as decimal(8, 2)) as restaurant_distance_km,
        array_compact(array(
            if(customers.user_id is null, 'customer', null),
            if(dishes.dish_id is null, 'dish', null),
            if(placed_orders.restaurant_id is not null and restaurants.restaurant_id is null, 'restaurant', null)
        )) as missing_dimensions,
        placed_orders.landed_at
    from placed_orders
    left join customers
        on placed_orders.user_id = customers.user_id and {{ holds_at('customers', 'placed_orders.order_at') }}
    left join dishes
        on placed_orders.dish_id = dishes.dish_id and {{ holds_at('dishes', 'placed_orders.order_at') }}
    left join restaurants
        on
            placed_orders.restaurant_id = restaurants.restaurant_id
            and {{ holds_at('restaurants', 'placed_orders.order_at') }}

)

select * from enriched_orders
