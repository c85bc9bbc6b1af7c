{#- Where each month of both books stands, usage and orders: the newest 24 months, newest first. #}
with states as (

    select
        'usage' as book,
        account_id,
        billing_period,
        period_state,
        state_since_at,
        state_by,
        record_count,
        billed_cost as amount,
        correction_cost as corrections,
        open_break_count,
        waived_break_count
    from {{ ref('fct_period_states') }}

    union all

    select
        'orders' as book,
        account_id,
        billing_period,
        period_state,
        state_since_at,
        state_by,
        order_count as record_count,
        revenue as amount,
        correction_revenue as corrections,
        open_break_count,
        waived_break_count
    from {{ ref('fct_revenue_period_states') }}

),

period_states as (

    select * from states
    qualify dense_rank() over (partition by book order by billing_period desc) <= 24

)

select * from period_states
order by billing_period desc, book asc, account_id asc
