{#- A view: the rows exist once, in the ledger, and nothing can rewrite them here. -#}
{{ config(materialized='view') }}

with seals as (

    select * from {{ source('ledger', 'revenue_seals') }}

),

rows_of_closes as (

    select * from {{ source('ledger', 'sealed_revenue') }}

),

-- Rows without their seal belong to a close that did not come to its end.
sealed_revenue as (

    select
        rows_of_closes.seal_id,
        seals.sealed_at,
        seals.sealed_by,
        seals.read_through_at,
        rows_of_closes.account_id,
        rows_of_closes.billing_period,
        rows_of_closes.original_period,
        rows_of_closes.charge_class,
        rows_of_closes.adjustment_reason,
        rows_of_closes.source_record_ids,
        rows_of_closes.order_date,
        rows_of_closes.restaurant_id,
        rows_of_closes.category,
        rows_of_closes.order_count,
        rows_of_closes.quantity,
        rows_of_closes.revenue,
        rows_of_closes.row_hash
    from rows_of_closes
    inner join seals on rows_of_closes.seal_id = seals.seal_id

)

select * from sealed_revenue
