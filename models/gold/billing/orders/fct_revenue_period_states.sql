{#- A view: a state is derived from what happened, so it is right the moment it changed. -#}
{{ config(materialized='view') }}

with seals as (

    select * from {{ source('ledger', 'revenue_seals') }}

),

events as (

    select
        account_id,
        billing_period,
        max_by(actor, occurred_at) filter (where event = 'soft_closed') as soft_closed_by,
        max(occurred_at) filter (where event = 'soft_closed') as soft_closed_at
    from {{ source('ledger', 'revenue_events') }}
    group by all

),

all_revenue as (

    {% for model in ['fct_unsealed_revenue', 'fct_sealed_revenue'] %}
        select
            account_id,
            billing_period,
            charge_class,
            order_count,
            quantity,
            revenue
        from {{ ref(model) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

totals as (

    select
        account_id,
        billing_period,
        sum(order_count) as order_count,
        sum(quantity) as quantity,
        sum(revenue) as revenue,
        sum(if(charge_class is null, 0, revenue)) as correction_revenue
    from all_revenue
    group by all

),

breaks as (

    select
        account_id,
        billing_period,
        count_if(not is_waived) as open_break_count,
        count_if(is_waived) as waived_break_count
    from {{ ref('fct_revenue_breaks') }}
    group by all

),

-- A period is whatever has orders, an event or a seal.
revenue_period_states as (

    select
        account_id,
        billing_period,
        {{ period_state('seals.seal_id', 'events.soft_closed_at') }} as period_state,
        coalesce(seals.sealed_at, events.soft_closed_at) as state_since_at,
        coalesce(seals.sealed_by, events.soft_closed_by) as state_by,
        seals.seal_id is null as is_provisional,
        coalesce(seals.order_count, totals.order_count, 0) as order_count,
        cast(coalesce(seals.quantity, totals.quantity, 0) as decimal(38, 3)) as quantity,
        cast(coalesce(seals.revenue, totals.revenue, 0) as decimal(38, 2)) as revenue,
        cast(coalesce(totals.correction_revenue, 0) as decimal(38, 2)) as correction_revenue,
        coalesce(breaks.open_break_count, 0) as open_break_count,
        coalesce(breaks.waived_break_count, 0) as waived_break_count
    from seals
    full join events using (account_id, billing_period)
    full join totals using (account_id, billing_period)
    left join breaks using (account_id, billing_period)

)

select * from revenue_period_states
