{#- A table of its own on purpose: a feature cannot leak what it cannot see. -#}
{{ config(liquid_clustered_by='cutoff_date', incremental_strategy='replace_days', meta={'day': 'cutoff_date'}) }}

{% set features = ref('int_commerce__customer_features') -%}
{% set inputs = [{'relation': features, 'days': 'select distinct cutoff_date from changed'}] -%}
{% for orders in learning_shops().values() -%}
    {% do inputs.append({'relation': orders, 'days': cutoffs_with_outcomes(features, orders)}) -%}
{% endfor -%}
{% set changed = changed_days(inputs) -%}

with orders as (

    {{ customer_orders() }}

),

heard as (

    {{ heard_days() }}

),

customers as (

    select
        features.shop,
        features.customer_key,
        features.cutoff_date,
        date_add(features.cutoff_date, {{ var('churn_horizon_days') }}) as horizon_ended_date
    from {{ features }} as features
    inner join heard using (shop)
    where
        date_add(features.cutoff_date, {{ var('churn_horizon_days') }}) <= heard.newest_date
        and {{ falls_in('features.cutoff_date', changed) }}

),

customer_outcomes as (

    select
        customers.shop,
        customers.customer_key,
        customers.cutoff_date,
        {{ var('churn_horizon_days') }} as horizon_days,
        customers.horizon_ended_date,
        count(orders.order_key) = 0 as is_churned,
        count(orders.order_key) as order_count,
        cast(coalesce(sum(orders.revenue), 0) as decimal(38, 4)) as revenue
    from customers
    left join orders
        on
            customers.shop = orders.shop
            and customers.customer_key = orders.customer_key
            and orders.is_purchase
            and customers.cutoff_date <= orders.order_date
            and customers.horizon_ended_date > orders.order_date
    group by customers.shop, customers.customer_key, customers.cutoff_date, customers.horizon_ended_date

)

select * from customer_outcomes
