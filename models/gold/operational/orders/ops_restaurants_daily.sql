{{ config(partition_by='order_date', meta={'day': 'order_date'}) }}

{% set changed = changed_days([
    {'relation': ref('int_orders__enriched_orders'), 'days': 'select distinct order_date from changed'},
    {'relation': ref('stg_orders__reviews'), 'days': days_of_reviewed_orders(ref('int_orders__enriched_orders'))},
    {'relation': ref('int_orders__region_watermarks'), 'days': days_still_partial()},
]) -%}

with enriched_orders as (

    select * from {{ ref('int_orders__enriched_orders') }}
    where {{ falls_in('order_date', changed) }} and restaurant_id is not null

),

-- An order is reviewed on its day or later.
ratings as (

    select
        order_id,
        avg(rating) as rating
    from {{ ref('stg_orders__reviews') }}
    where {{ falls_from('review_date', changed, 0) }}
    group by order_id

),

rated_orders as (

    select
        enriched_orders.*,
        ratings.rating
    from enriched_orders
    left join ratings using (order_id)

),

daily as (

    select
        order_date,
        restaurant_id,
        max(restaurant_name) as restaurant_name,
        max(restaurant_city) as restaurant_city,
        max(cuisine) as cuisine,
        count(*) as order_count,
        count(distinct user_id) as customer_count,
        cast(sum(amount) as decimal(38, 2)) as revenue,
        cast(sum(amount) / count(*) as decimal(24, 2)) as average_basket,
        cast(avg(restaurant_distance_km) as decimal(8, 2)) as average_distance_km,
        count(rating) as review_count,
        cast(avg(rating) as decimal(3, 2)) as average_rating,
        count_if(rating <= 2) as bad_review_count
    from rated_orders
    group by order_date, restaurant_id

),

regions as (

    {{ region_watermarks() }}

),

restaurants_daily as (

    select
        daily.*,
        {{ order_flags('least(' ~ lately() ~ ', daily.order_date + interval 1 day)') }}
    from daily
    cross join regions

)

select * from restaurants_daily
