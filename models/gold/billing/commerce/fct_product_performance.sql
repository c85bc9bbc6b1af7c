{{ config(materialized='view') }}

with products as (

    select
        shop,
        product_key,
        sum(order_count) as order_count,
        sum(sold_unit_count) as sold_unit_count,
        sum(returned_unit_count) as returned_unit_count,
        sum(revenue) as revenue,
        min(order_date) as first_order_date,
        max(order_date) as last_order_date
    from {{ ref('fct_product_sales_daily') }}
    group by shop, product_key

),

ranked as (

    select
        *,
        rank() over (partition by shop order by revenue desc) as revenue_rank,
        try_divide(revenue, sum(revenue) over (partition by shop)) as revenue_share,
        -- What better sellers have taken before this one.
        try_divide(
            sum(revenue) over (
                partition by shop order by -revenue, product_key
                rows between unbounded preceding and 1 preceding
            ),
            sum(revenue) over (partition by shop)
        ) as share_before
    from products

),

product_performance as (

    select
        ranked.shop,
        ranked.product_key,
        dim_products.product_id,
        dim_products.product_name,
        dim_products.category,
        ranked.order_count,
        ranked.sold_unit_count,
        ranked.returned_unit_count,
        cast(try_divide(ranked.returned_unit_count, ranked.sold_unit_count) as decimal(18, 4)) as return_rate,
        cast(ranked.revenue as decimal(38, 4)) as revenue,
        ranked.revenue_rank,
        cast(ranked.revenue_share as decimal(18, 6)) as revenue_share,
        case
            when coalesce(ranked.share_before, 0) < 0.80 then 'A'
            when ranked.share_before < 0.95 then 'B'
            else 'C'
        end as abc_class,
        ranked.first_order_date,
        ranked.last_order_date
    from ranked
    left join {{ ref('dim_products') }} on ranked.product_key = dim_products.product_key and dim_products.is_current

)

select * from product_performance
