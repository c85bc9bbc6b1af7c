{#- As of the shop's last day with an order: what was delivered says the same on whatever day it is read. -#}
{{ config(materialized='view') }}

with orders as (

    select
        *,
        {{ is_counted_order() }} as counts
    from {{ ref('fct_orders') }}

),

last_days as (

    select
        shop,
        max(order_date) as as_of_date
    from orders
    group by shop

),

customers as (

    select
        shop,
        customer_key,
        currency_code,
        min(order_date) filter (where counts) as first_order_date,
        max(order_date) filter (where counts) as last_order_date,
        count_if(counts) as order_count,
        sum(revenue) as revenue,
        sum(if(counts, revenue, 0)) as gross_revenue
    from orders
    where customer_key is not null
    group by shop, customer_key, currency_code
    having count_if(counts) > 0

),

scored as (

    select
        customers.*,
        last_days.as_of_date,
        percent_rank() over (partition by shop order by customers.last_order_date) as recency_rank,
        percent_rank() over (partition by shop order by customers.order_count) as frequency_rank,
        percent_rank() over (partition by shop order by customers.revenue) as monetary_rank
    from customers
    inner join last_days using (shop)

),

customer_metrics as (

    select
        customer_key,
        shop,
        currency_code,
        as_of_date,
        first_order_date,
        last_order_date,
        datediff(as_of_date, last_order_date) as recency_days,
        datediff(last_order_date, first_order_date) as active_days,
        order_count,
        order_count > 1 as is_repeat_customer,
        cast(revenue as decimal(38, 4)) as lifetime_revenue,
        cast(gross_revenue / order_count as decimal(24, 4)) as average_basket,
        -- Equal customers get equal scores, which ntile would not give them.
        least(5, 1 + cast(floor(5 * recency_rank) as int)) as recency_score,
        least(5, 1 + cast(floor(5 * frequency_rank) as int)) as frequency_score,
        least(5, 1 + cast(floor(5 * monetary_rank) as int)) as monetary_score
    from scored

)

select * from customer_metrics
