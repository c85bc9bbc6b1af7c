{{ config(liquid_clustered_by='order_date', meta={'day': 'order_date'}) }}

{% set changed = changed_days([
    {'relation': ref('int_commerce__order_items'), 'days': 'select distinct order_date from changed'},
]) -%}

with items as (

    select * from {{ ref('int_commerce__order_items') }}
    where product_key is not null and line_type in ('sale', 'return', 'free') and {{ falls_in('order_date', changed) }}

),

product_sales_daily as (

    select
        order_date,
        shop,
        product_key,
        count(distinct if(line_type = 'sale', order_key, null)) as order_count,
        sum(if(line_type = 'return', 0, quantity)) as sold_unit_count,
        -sum(if(line_type = 'return', quantity, 0)) as returned_unit_count,
        cast(sum(item_amount) as decimal(38, 4)) as item_amount,
        cast(sum(charge_amount) as decimal(38, 4)) as charge_amount,
        cast(sum(revenue) as decimal(38, 4)) as revenue
    from items
    group by order_date, shop, product_key

)

select * from product_sales_daily
