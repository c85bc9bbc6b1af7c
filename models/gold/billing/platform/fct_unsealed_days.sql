{#- A view: a day is sealed the moment that its period is. -#}
{{ config(materialized='view') }}

with seals as (

    select * from {{ source('ledger', 'period_seals') }}

),

-- What a period takes in: its own days, and the days of closed periods that it corrects.
billed_days as (

    select
        {{ billed_account('account_id') }} as account_id,
        {{ billing_period('usage_date') }} as billing_period,
        cast(null as date) as corrected_date
    from {{ ref('fct_usage_daily') }}
    group by all

    union distinct

    select
        account_id,
        adjustment_period as billing_period,
        explode(array(cast(null as date), usage_date)) as corrected_date
    from {{ ref('fct_billing_adjustments') }}

),

unsealed_days as (

    select billed_days.*
    from billed_days
    left anti join seals
        on billed_days.account_id = seals.account_id and billed_days.billing_period = seals.billing_period

)

select * from unsealed_days
