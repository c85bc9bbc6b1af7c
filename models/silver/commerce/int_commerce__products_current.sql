{{ config(materialized='view') }}

with marketplace_products as (

    select
        'marketplace' as shop,
        products.product_id,
        cast(null as string) as product_name,
        -- Not every category has been translated.
        coalesce(names.category_name_english, products.category_name) as category,
        products.weight_g,
        products.photo_count
    from {{ ref('stg_commerce__marketplace_products') }} as products
    left join {{ ref('stg_commerce__marketplace_category_names') }} as names using (category_name)

),

retail_products as (

    select
        'retail' as shop,
        stock_code as product_id,
        max_by(product_name, struct(invoiced_at, invoice_id, record_key))
        filter (where line_type = 'sale' and product_name is not null) as product_name,
        cast(null as string) as category,
        cast(null as int) as weight_g,
        cast(null as int) as photo_count
    from {{ ref('stg_commerce__retail_lines') }}
    where not {{ is_retail_service('stock_code') }}
    group by stock_code

),

keyed as (

    select
        {{ commerce_key('shop', 'product_id') }} as product_key,
        *
    from (
        select * from marketplace_products
        union all
        select * from retail_products
    ) as products

),

first_orders as (

    select
        product_key,
        min(ordered_at) as first_ordered_at
    from {{ ref('int_commerce__order_items') }}
    where product_key is not null
    group by product_key

),

products_current as (

    select
        keyed.*,
        first_orders.first_ordered_at
    from keyed
    left join first_orders using (product_key)

)

select * from products_current
