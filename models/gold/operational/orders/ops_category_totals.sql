{#- A view over days: the sum of what is there, whatever came twice or late. -#}
{{ config(materialized='view') }}

with revenue as (

    select * from {{ ref('fct_revenue_daily') }}

),

totals as (

    select
        category,
        sum(order_count) as order_count,
        cast(sum(quantity) as decimal(38, 3)) as quantity,
        cast(sum(revenue) as decimal(38, 2)) as revenue,
        cast(sum(revenue) / sum(order_count) as decimal(24, 2)) as average_basket
    from revenue
    group by category

),

regions as (

    {{ region_watermarks() }}

),

category_totals as (

    select
        totals.*,
        {{ order_flags(lately()) }}
    from totals
    cross join regions

)

select * from category_totals
