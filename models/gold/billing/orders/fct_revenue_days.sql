{#- A view: a day is complete, or closed, the moment that it is. -#}
{{ config(materialized='view') }}

with heard as (

    select min(heard_through_at) as all_heard_through_at from {{ ref('int_orders__region_watermarks') }}

),

seals as (

    select * from {{ source('ledger', 'revenue_seals') }}

),

soft_closed as (

    select distinct billing_period
    from {{ source('ledger', 'revenue_events') }}
    where event = 'soft_closed'

),

both_sides as (

    select
        order_date,
        order_count,
        revenue,
        cast(0 as decimal(38, 2)) as sealed_revenue
    from {{ ref('fct_revenue_daily') }}
    union all
    select
        order_date,
        0 as order_count,
        cast(0 as decimal(38, 2)) as revenue,
        revenue as sealed_revenue
    from {{ ref('fct_sealed_revenue') }}

),

days as (

    select
        order_date,
        sum(order_count) as order_count,
        sum(revenue) as revenue,
        sum(sealed_revenue) as sealed_revenue
    from both_sides
    group by order_date

),

revenue_days as (

    select
        days.order_date,
        {{ billing_period('days.order_date') }} as billing_period,
        {{ period_state('seals.billing_period', 'soft_closed.billing_period') }} as period_state,
        coalesce(heard.all_heard_through_at >= {{ awaited_until('days.order_date') }}, false) as is_day_complete,
        days.order_count,
        cast(days.revenue as decimal(38, 2)) as revenue,
        cast(days.sealed_revenue as decimal(38, 2)) as sealed_revenue,
        cast(
            if(seals.billing_period is not null, days.revenue - days.sealed_revenue, 0) as decimal(38, 2)
        ) as adjustment_revenue
    from days
    left join seals on {{ billing_period('days.order_date') }} = seals.billing_period
    left join soft_closed on {{ billing_period('days.order_date') }} = soft_closed.billing_period
    cross join heard

)

select * from revenue_days
