{#- A view: `lakeledger close` reads it and writes what it says, so nothing can stand between. -#}
{{ config(materialized='view') }}

with hourly as (

    select * from {{ ref('fct_usage_hourly') }}

),

adjustments as (

    select * from {{ ref('fct_billing_adjustments') }}

),

seals as (

    select * from {{ source('ledger', 'period_seals') }}

),

usage as (

    select
        {{ billed_account('account_id') }} as account_id,
        {{ billing_period('usage_date') }} as billing_period,
        {{ billing_period('usage_date') }} as original_period,
        cast(null as string) as charge_class,
        cast(null as string) as adjustment_reason,
        cast(null as array<string>) as source_record_ids,
        usage_date,
        usage_hour_at,
        workspace_id,
        cloud,
        region,
        sku_name,
        usage_unit,
        billing_origin_product,
        currency_code,
        list_price,
        billed_price,
        price_status,
        usage_quantity,
        list_cost,
        billed_cost,
        record_count,
        correction_count
    from hourly

),

-- An adjustment without a price waits for one: it has no amount that could be billed.
corrections as (

    select
        account_id,
        adjustment_period as billing_period,
        original_period,
        charge_class,
        reason as adjustment_reason,
        source_record_ids,
        usage_date,
        usage_hour_at,
        workspace_id,
        cloud,
        region,
        sku_name,
        usage_unit,
        billing_origin_product,
        currency_code,
        cast(null as decimal(16, 10)) as list_price,
        cast(null as decimal(16, 10)) as billed_price,
        price_status,
        usage_quantity,
        list_cost,
        billed_cost,
        record_count,
        correction_count
    from adjustments
    where price_status = 'priced'

),

unbilled as (

    select * from usage
    union all
    select * from corrections

),

unbilled_usage as (

    select unbilled.*
    from unbilled
    left anti join seals
        on unbilled.account_id = seals.account_id and unbilled.billing_period = seals.billing_period

)

select * from unbilled_usage
