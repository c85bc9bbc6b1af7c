{#- Every day's charges, sealed, open and corrected, come to what the day's usage costs by all that is known now. -#}

with bill as (

    select
        usage_date,
        sum(billed_cost) as billed_cost,
        sum(usage_quantity) as usage_quantity
    from {{ ref('fct_usage_hourly') }}
    group by usage_date

),

charges as (

    select -- noqa: disable=CP02
        x_UsageDate as usage_date,
        sum(BilledCost) as focus_cost,
        sum(ConsumedQuantity) as focus_quantity
    from {{ ref('fct_focus_cost_and_usage') }}
    group by x_UsageDate

),

compared as (

    select
        usage_date,
        bill.billed_cost,
        charges.focus_cost,
        bill.usage_quantity,
        charges.focus_quantity
    from bill
    full join charges using (usage_date)

)

select * from compared
where
    coalesce(billed_cost, 0) is distinct from focus_cost
    or usage_quantity is distinct from focus_quantity
