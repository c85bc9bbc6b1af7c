{{ config(liquid_clustered_by='order_date', meta={'day': 'order_date'}) }}

{% set changed = changed_days([
    {'relation': ref('int_commerce__marketplace_orders'), 'days': 'select distinct order_date from changed'},
    {'relation': ref('int_commerce__retail_orders'), 'days': 'select distinct order_date from changed'},
]) -%}

with orders as (

    select
        *,
        {{ is_counted_order() }} as counts
    from {{ ref('fct_orders') }}
    where {{ falls_in('order_date', changed) }}

),

sales_daily as (

    select
        order_date,
        shop,
        currency_code,
        count_if(counts) as order_count,
        count_if(is_cancelled) as cancelled_order_count,
        count(distinct if(counts, customer_key, null)) as customer_count,
        sum(if(counts or order_type = 'return', unit_count, 0)) as unit_count,
        cast(sum(if(counts, revenue, 0)) as decimal(38, 4)) as gross_revenue,
        cast(sum(if(order_type = 'return', -revenue, 0)) as decimal(38, 4)) as returned_amount,
        cast(sum(revenue) as decimal(38, 4)) as revenue,
        cast(try_divide(sum(if(counts, revenue, 0)), count_if(counts)) as decimal(24, 4)) as average_basket
    from orders
    group by order_date, shop, currency_code

)

select * from sales_daily
