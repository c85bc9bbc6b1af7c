{#- An invoice that goes on past midnight is an order of each day: its lines then never change the day of others. -#}
{{ config(liquid_clustered_by='order_date', incremental_strategy='replace_days', meta={'day': 'order_date'}) }}

{% set changed = changed_days([
    {'relation': ref('stg_commerce__marketplace_orders'), 'days': 'select distinct order_date from changed'},
    {'relation': ref('stg_commerce__marketplace_order_items'), 'days': days_of_marketplace_orders()},
    {'relation': ref('stg_commerce__retail_lines'), 'days': 'select distinct invoice_date from changed'},
]) -%}

with marketplace_orders as (

    select * from {{ ref('stg_commerce__marketplace_orders') }}
    where {{ falls_in('order_date', changed) }}

),

retail_lines as (

    select * from {{ ref('stg_commerce__retail_lines') }}
    where {{ falls_in('invoice_date', changed) }}

),

marketplace_items as (

    select
        items.record_key as item_key,
        'marketplace' as shop,
        items.order_id,
        orders.ordered_at,
        orders.order_date,
        items.product_id,
        items.seller_id,
        if({{ is_cancelled_status('orders.order_status') }}, 'cancelled', 'sale') as line_type,
        1 as quantity,
        cast(items.price as decimal(14, 4)) as unit_price,
        cast(items.price as decimal(20, 4)) as item_amount,
        cast(items.freight as decimal(20, 4)) as charge_amount
    from marketplace_orders as orders
    inner join {{ ref('stg_commerce__marketplace_order_items') }} as items using (order_id)

),

retail_items as (

    select
        record_key as item_key,
        'retail' as shop,
        invoice_id as order_id,
        invoiced_at as ordered_at,
        invoice_date as order_date,
        if(is_service, null, stock_code) as product_id,
        cast(null as string) as seller_id,
        line_type,
        quantity,
        unit_price,
        if(is_service, 0, amount) as item_amount,
        if(is_service, amount, 0) as charge_amount
    from (
        select
            *,
            {{ is_retail_service('stock_code') }} as is_service
        from retail_lines
    )

),

both as (

    select * from marketplace_items
    union all
    select * from retail_items

),

order_items as (

    select
        item_key,
        {{ commerce_order_key('shop', 'order_id', 'order_date') }} as order_key,
        shop,
        order_id,
        ordered_at,
        order_date,
        {{ commerce_key('shop', 'product_id') }} as product_key,
        product_id,
        seller_id,
        line_type,
        quantity,
        unit_price,
        cast(item_amount as decimal(20, 4)) as item_amount,
        cast(charge_amount as decimal(20, 4)) as charge_amount,
        cast(if(line_type in ('sale', 'service', 'return'), item_amount + charge_amount, 0) as decimal(20, 4))
            as revenue
    from both

)

select * from order_items
