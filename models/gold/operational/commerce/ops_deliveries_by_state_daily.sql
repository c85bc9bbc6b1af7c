{{ config(liquid_clustered_by='order_date', meta={'day': 'order_date'}) }}

{#- A day is partial until something later is heard; then it is complete, though nothing of its own is new. -#}
{% set marketplace_orders = ref('int_commerce__marketplace_orders') -%}
{% set changed = changed_days([
    {'relation': marketplace_orders, 'days': 'select order_date from changed union ' ~ days_still_partial()},
]) -%}

with orders as (

    select
        *,
        -- The promise is a day: late is what came after it.
        cast(delivered_at as date) > cast(promised_at as date) as is_late,
        timestampdiff(second, ordered_at, delivered_at) / 86400 as days_to_delivery,
        timestampdiff(second, ordered_at, promised_at) / 86400 as days_promised
    from {{ marketplace_orders }}
    where not is_cancelled and {{ falls_in('order_date', changed) }}

),

states as (

    select
        order_date,
        coalesce(state, 'unknown') as state,
        count(*) as order_count,
        count(delivered_at) as delivered_count,
        count(*) - count(delivered_at) as undelivered_count,
        count_if(is_late) as late_count,
        cast(try_divide(count_if(is_late), count(delivered_at)) as decimal(7, 4)) as late_share,
        cast({{ exact_average('days_to_delivery') }} as decimal(8, 2)) as average_days_to_delivery,
        cast(percentile(days_to_delivery, 0.9) as decimal(8, 2)) as p90_days_to_delivery,
        cast({{ exact_average('days_promised') }} as decimal(8, 2)) as average_days_promised
    from orders
    group by order_date, coalesce(state, 'unknown')

),

regions as (

    {{ one_region_watermarks(marketplace_orders, 'ordered_at') }}

),

deliveries_by_state_daily as (

    select
        states.*,
        {{ order_flags('states.order_date + interval 1 day') }}
    from states
    cross join regions

)

select * from deliveries_by_state_daily
