{#- Read by its orders alone: when items of a day change, so do the orders of that day. -#}
{{ config(liquid_clustered_by='cutoff_date', incremental_strategy='replace_days', meta={'day': 'cutoff_date'}) }}

{% set inputs = [] -%}
{% for orders in learning_shops().values() -%}
    {% do inputs.append({'relation': orders, 'days': cutoffs_after_changes(orders)}) -%}
{% endfor -%}
{% set changed = changed_days(inputs) -%}

with orders as (

    {{ customer_orders() }}

),

heard as (

    {{ heard_days() }}

),

cutoffs as (

    select
        shop,
        {{ mondays("next_day(first_date, 'MON')", "cast(date_trunc('week', newest_date) as date)") }} as cutoff_date
    from heard

),

known as (

    select
        orders.*,
        cutoffs.cutoff_date,
        datediff(cutoffs.cutoff_date, orders.order_date) as age_days
    from cutoffs
    inner join orders
        on
            cutoffs.shop = orders.shop
            and cutoffs.cutoff_date > orders.order_date
            and date_sub(cutoffs.cutoff_date, {{ var('customer_history_days') }}) <= orders.order_date
    where {{ falls_in('cutoffs.cutoff_date', changed) }}

),

customers as (

    select
        shop,
        customer_key,
        cutoff_date,
        min(age_days) filter (where is_purchase) as recency_days,
        max(age_days) filter (where is_purchase) as tenure_days,
        count_if(is_purchase) as order_count,
        count_if(is_purchase and age_days <= 30) as order_count_30d,
        count_if(is_purchase and age_days <= 90) as order_count_90d,
        count(distinct order_date) filter (where is_purchase) as order_days,
        sum(if(is_purchase, revenue, 0)) as revenue,
        sum(if(is_purchase and age_days <= 30, revenue, 0)) as revenue_30d,
        sum(if(is_purchase and age_days <= 90, revenue, 0)) as revenue_90d,
        sum(if(is_purchase, 0, -revenue)) as returned_revenue
    from known
    group by shop, customer_key, cutoff_date
    having min(age_days) filter (where is_purchase) <= {{ var('customer_active_days') }}

),

products as (

    select
        known.shop,
        known.customer_key,
        known.cutoff_date,
        count(distinct items.product_key) as product_count_90d
    from known
    inner join {{ ref('int_commerce__order_items') }} as items using (order_key)
    where known.is_purchase and known.age_days <= 90
    group by known.shop, known.customer_key, known.cutoff_date

),

customer_features as (

    select
        customers.shop,
        customers.customer_key,
        customers.cutoff_date,
        customers.recency_days,
        customers.tenure_days,
        customers.order_count,
        customers.order_count_30d,
        customers.order_count_90d,
        customers.order_days,
        cast(customers.revenue as decimal(38, 4)) as revenue,
        cast(customers.revenue_30d as decimal(38, 4)) as revenue_30d,
        cast(customers.revenue_90d as decimal(38, 4)) as revenue_90d,
        cast(customers.revenue / customers.order_count as decimal(24, 4)) as average_basket,
        coalesce(products.product_count_90d, 0) as product_count_90d,
        cast(least(customers.returned_revenue / customers.revenue, 1) as decimal(7, 4)) as returned_share,
        cast(
            (customers.tenure_days - customers.recency_days) / nullif(customers.order_days - 1, 0) as decimal(10, 4)
        ) as mean_gap_days
    from customers
    left join products using (shop, customer_key, cutoff_date)

)

select * from customer_features
