-- Every seal has the rows that it says: their number, their records and their money.
with billed as (

    select
        seal_id,
        count(*) as row_count,
        sum(record_count) as record_count,
        sum(usage_quantity) as usage_quantity,
        sum(billed_cost) as billed_cost
    from {{ source('ledger', 'sealed_usage') }}
    group by seal_id

)

select
    seals.account_id,
    seals.billing_period
from {{ source('ledger', 'period_seals') }} as seals
left join billed on seals.seal_id = billed.seal_id
where
    seals.row_count <> coalesce(billed.row_count, 0)
    or seals.record_count <> coalesce(billed.record_count, 0)
    or seals.usage_quantity <> coalesce(billed.usage_quantity, 0)
    or seals.billed_cost <> coalesce(billed.billed_cost, 0)
