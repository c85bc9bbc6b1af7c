{{ config(materialized='view') }}

with customer_months as (

    select distinct
        shop,
        customer_key,
        trunc(order_date, 'month') as order_month
    from {{ ref('fct_orders') }}
    where customer_key is not null and {{ is_counted_order() }}

),

cohorts as (

    select
        *,
        min(order_month) over (partition by shop, customer_key) as cohort_month
    from customer_months

),

counted as (

    select
        shop,
        cohort_month,
        cast(months_between(order_month, cohort_month) as int) as months_since,
        count(*) as customer_count
    from cohorts
    group by shop, cohort_month, months_since

),

sized as (

    select
        *,
        first(customer_count) over (partition by shop, cohort_month order by months_since) as cohort_size
    from counted

),

cohort_retention as (

    select
        shop,
        cohort_month,
        months_since,
        customer_count,
        cohort_size,
        cast(customer_count / cohort_size as decimal(7, 4)) as retention_rate
    from sized

)

select * from cohort_retention
