{#- A view: `lakeledger close` reads it and writes what it says, so nothing can stand between. -#}
{{ config(materialized='view') }}

with seals as (

    select * from {{ source('ledger', 'revenue_seals') }}

),

placed as (

    select
        'orders' as account_id,
        {{ billing_period('order_date') }} as billing_period,
        {{ billing_period('order_date') }} as original_period,
        cast(null as string) as charge_class,
        cast(null as string) as adjustment_reason,
        cast(null as array<string>) as source_record_ids,
        order_date,
        restaurant_id,
        category,
        order_count,
        quantity,
        revenue
    from {{ ref('fct_revenue_daily') }}

),

corrections as (

    select
        account_id,
        adjustment_period as billing_period,
        original_period,
        charge_class,
        reason as adjustment_reason,
        source_record_ids,
        order_date,
        restaurant_id,
        category,
        order_count,
        quantity,
        revenue
    from {{ ref('fct_revenue_adjustments') }}

),

both_kinds as (

    select * from placed
    union all
    select * from corrections

),

unsealed_revenue as (

    select both_kinds.*
    from both_kinds
    left anti join seals on both_kinds.billing_period = seals.billing_period

)

select * from unsealed_revenue
