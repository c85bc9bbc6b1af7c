{{ config(tags=['orders']) }}

-- Every seal has the rows that it says: their number, their orders and their money.
with sealed as (

    select
        seal_id,
        count(*) as row_count,
        sum(order_count) as order_count,
        sum(quantity) as quantity,
        sum(revenue) as revenue
    from {{ source('ledger', 'sealed_revenue') }}
    group by seal_id

)

select seals.billing_period
from {{ source('ledger', 'revenue_seals') }} as seals
left join sealed on seals.seal_id = sealed.seal_id
where
    seals.row_count <> coalesce(sealed.row_count, 0)
    or seals.order_count <> coalesce(sealed.order_count, 0)
    or seals.quantity <> coalesce(sealed.quantity, 0)
    or seals.revenue <> coalesce(sealed.revenue, 0)
