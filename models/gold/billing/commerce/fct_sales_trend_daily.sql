{#- A day without a sale is a day with nothing, not a day that is left out of the mean. -#}
{{ config(materialized='view') }}

with sales_daily as (

    select * from {{ ref('fct_sales_daily') }}

),

calendar as (

    select
        shop,
        currency_code,
        explode(sequence(min(order_date), max(order_date))) as order_date
    from sales_daily
    group by shop, currency_code

),

days as (

    select
        calendar.shop,
        calendar.currency_code,
        calendar.order_date,
        coalesce(sales_daily.order_count, 0) as order_count,
        coalesce(sales_daily.revenue, 0) as revenue
    from calendar
    left join sales_daily using (shop, currency_code, order_date)

),

sales_trend_daily as (

    select
        order_date,
        shop,
        currency_code,
        order_count,
        cast(revenue as decimal(38, 4)) as revenue,
        count(*) over last_week as days_in_average,
        cast(avg(order_count) over last_week as decimal(18, 4)) as order_count_7d_average,
        cast(avg(revenue) over last_week as decimal(38, 4)) as revenue_7d_average,
        cast(lag(revenue, 7) over (partition by shop order by order_date) as decimal(38, 4)) as revenue_week_before
    from days
    window last_week as (partition by shop order by order_date rows between 6 preceding and current row)

)

select * from sales_trend_daily
