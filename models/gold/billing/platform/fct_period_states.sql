{#- A view: a state is derived from what happened, so it is right the moment it changed. -#}
{{ config(materialized='view') }}

with seals as (

    select * from {{ source('ledger', 'period_seals') }}

),

events as (

    select
        account_id,
        billing_period,
        max_by(actor, occurred_at) filter (where event = 'soft_closed') as soft_closed_by,
        max(occurred_at) filter (where event = 'soft_closed') as soft_closed_at
    from {{ source('ledger', 'period_events') }}
    group by all

),

-- Usage of days, which has fewer lines than that of hours, and the same sums; corrections are no day's.
billable as (

    select
        {{ billed_account('account_id') }} as account_id,
        {{ billing_period('usage_date') }} as billing_period,
        record_count,
        usage_quantity,
        list_cost,
        billed_cost,
        0 as correction_cost
    from {{ ref('fct_usage_daily') }}

    union all

    select
        account_id,
        billing_period,
        record_count,
        usage_quantity,
        list_cost,
        billed_cost,
        billed_cost as correction_cost
    from {{ ref('fct_unbilled_usage') }}
    where charge_class is not null

),

unbilled as (

    select
        billable.account_id,
        billable.billing_period,
        sum(billable.record_count) as record_count,
        sum(billable.usage_quantity) as usage_quantity,
        sum(billable.list_cost) as list_cost,
        sum(billable.billed_cost) as billed_cost,
        sum(billable.correction_cost) as correction_cost
    from billable
    left anti join seals
        on billable.account_id = seals.account_id and billable.billing_period = seals.billing_period
    group by all

),

corrections as (

    select
        seal_id,
        sum(billed_cost) as correction_cost
    from {{ ref('fct_billed_usage') }}
    where charge_class is not null
    group by all

),

breaks as (

    select
        account_id,
        billing_period,
        count_if(not is_waived) as open_break_count,
        count_if(is_waived) as waived_break_count
    from {{ ref('fct_period_breaks') }}
    group by all

),

-- A period is whatever has usage, an event or a seal.
period_states as (

    select
        account_id,
        billing_period,
        {{ period_state('seals.seal_id', 'events.soft_closed_at') }} as period_state,
        coalesce(seals.sealed_at, events.soft_closed_at) as state_since_at,
        coalesce(seals.sealed_by, events.soft_closed_by) as state_by,
        seals.seal_id is null as is_provisional,
        coalesce(seals.record_count, unbilled.record_count, 0) as record_count,
        cast(coalesce(seals.usage_quantity, unbilled.usage_quantity, 0) as decimal(38, 24)) as usage_quantity,
        cast(coalesce(seals.list_cost, unbilled.list_cost, 0) as decimal(38, 18)) as list_cost,
        cast(coalesce(seals.billed_cost, unbilled.billed_cost, 0) as decimal(38, 18)) as billed_cost,
        cast(coalesce(corrections.correction_cost, unbilled.correction_cost, 0) as decimal(38, 18)) as correction_cost,
        coalesce(breaks.open_break_count, 0) as open_break_count,
        coalesce(breaks.waived_break_count, 0) as waived_break_count
    from seals
    full join events using (account_id, billing_period)
    full join unbilled using (account_id, billing_period)
    left join breaks using (account_id, billing_period)
    left join corrections on seals.seal_id = corrections.seal_id

)

select * from period_states
