{#- A view: the rows exist once, in the ledger, and nothing can rewrite them here. -#}
{{ config(materialized='view') }}

with seals as (

    select * from {{ source('ledger', 'period_seals') }}

),

sealed_usage as (

    select * from {{ source('ledger', 'sealed_usage') }}

),

-- Rows without their seal belong to a close that did not come to its end.
billed_usage as (

    select
        sealed_usage.seal_id,
        seals.sealed_at,
        seals.sealed_by,
        seals.read_through_at,
        sealed_usage.account_id,
        sealed_usage.billing_period,
        sealed_usage.original_period,
        sealed_usage.charge_class,
        sealed_usage.adjustment_reason,
        sealed_usage.source_record_ids,
        sealed_usage.usage_date,
        sealed_usage.usage_hour_at,
        sealed_usage.workspace_id,
        sealed_usage.cloud,
        sealed_usage.region,
        sealed_usage.sku_name,
        sealed_usage.usage_unit,
        sealed_usage.billing_origin_product,
        sealed_usage.currency_code,
        sealed_usage.list_price,
        sealed_usage.billed_price,
        sealed_usage.price_status,
        sealed_usage.usage_quantity,
        sealed_usage.list_cost,
        sealed_usage.billed_cost,
        sealed_usage.record_count,
        sealed_usage.correction_count,
        sealed_usage.row_hash
    from sealed_usage
    inner join seals on sealed_usage.seal_id = seals.seal_id

)

select * from billed_usage
