{{ config(liquid_clustered_by='order_date', incremental_strategy='replace_days', meta={'day': 'order_date'}) }}

{% set changed = changed_days([
    {'relation': ref('stg_commerce__retail_lines'), 'days': 'select distinct invoice_date from changed'},
    {'relation': ref('int_commerce__order_items'), 'days': 'select distinct order_date from changed'},
]) -%}

with invoices as (

    select
        invoice_id as order_id,
        invoice_date as order_date,
        max(customer_id) as customer_id,
        max(country) as country
    from {{ ref('stg_commerce__retail_lines') }}
    where {{ falls_in('invoice_date', changed) }}
    group by invoice_id, invoice_date

),

items as (

    select
        order_key,
        order_id,
        order_date,
        min(ordered_at) as ordered_at,
        case
            when bool_or(line_type = 'return') then 'return'
            when bool_or(line_type = 'adjustment') then 'adjustment'
            when bool_or(line_type in ('sale', 'service')) then 'sale'
            when bool_or(line_type = 'write_off') then 'write_off'
            else 'free'
        end as order_type,
        count(*) as item_count,
        sum(quantity) as unit_count,
        sum(item_amount) as item_amount,
        sum(charge_amount) as charge_amount,
        sum(revenue) as revenue
    from {{ ref('int_commerce__order_items') }}
    where shop = 'retail' and {{ falls_in('order_date', changed) }}
    group by order_key, order_id, order_date

),

retail_orders as (

    select
        items.order_key,
        items.order_id,
        items.order_type,
        items.ordered_at,
        items.order_date,
        {{ commerce_key("'retail'", 'invoices.customer_id') }} as customer_key,
        invoices.customer_id,
        invoices.country,
        items.item_count,
        items.unit_count,
        cast(items.item_amount as decimal(20, 4)) as item_amount,
        cast(items.charge_amount as decimal(20, 4)) as charge_amount,
        cast(items.revenue as decimal(20, 4)) as revenue
    from items
    inner join invoices using (order_id, order_date)

)

select * from retail_orders
