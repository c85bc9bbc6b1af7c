{#- Every hour's charges, sealed, open and corrected, come to what its usage costs by all that is known now: while the
    hour is complete (no credit is given for what an incomplete one lacks), and its cost once late usage has a price. -#}

with bill as (

    select
        usage_date,
        usage_hour_at,
        sum(billed_cost) as billed_cost,
        sum(usage_quantity) as usage_quantity
    from {{ ref('fct_usage_hourly') }}
    group by usage_date, usage_hour_at

),

charges as (

    select -- noqa: disable=CP02
        x_UsageDate as usage_date,
        ChargePeriodStart as usage_hour_at,
        sum(BilledCost) as focus_cost,
        sum(ConsumedQuantity) as focus_quantity,
        bool_or(x_PriceStatus = 'unpriced' and ChargeClass = 'Correction') as waits_for_price
    from {{ ref('fct_focus_cost_and_usage') }}
    group by x_UsageDate, ChargePeriodStart

),

complete_hours as (

    select sector_started_at as usage_hour_at
    from {{ ref('int_platform__time_sectors') }}
    where source_name in ('billing_usage', 'billable_usage')
    group by sector_started_at
    having bool_and(is_hour_complete)

),

compared as (

    select
        usage_date,
        usage_hour_at,
        bill.billed_cost,
        charges.focus_cost,
        charges.waits_for_price,
        bill.usage_quantity,
        charges.focus_quantity
    from bill
    full join charges using (usage_date, usage_hour_at)
    left semi join complete_hours using (usage_hour_at)

)

select * from compared
where
    usage_quantity is distinct from focus_quantity
    or (coalesce(billed_cost, 0) is distinct from focus_cost and not coalesce(waits_for_price, false))
