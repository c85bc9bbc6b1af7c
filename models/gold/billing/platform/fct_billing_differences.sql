{#- A view: fct_billing_adjustments reads the days of it that have changed. -#}
{{ config(materialized='view') }}

with seals as (

    select * from {{ source('ledger', 'period_seals') }}

),

hourly as (

    select
        * except (account_id),
        {{ billed_account('account_id') }} as account_id,
        {{ billing_period('usage_date') }} as billing_period
    from {{ ref('fct_usage_hourly') }}

),

recomputed as (

    select hourly.*
    from hourly
    left semi join seals on hourly.account_id = seals.account_id and hourly.billing_period = seals.billing_period

),

billed as (

    select * from {{ ref('fct_billed_usage') }}

),

both_sides as (

    {{ side_of_difference('recomputed') }}
    union all
    {{ side_of_difference('billed', sign='-') }}

),

-- While an hour is incomplete, nobody knows that what is missing from it is gone: no credit is given for it.
complete_hours as (

    select sector_started_at
    from {{ ref('int_platform__time_sectors') }}
    where source_name in ('billing_usage', 'billable_usage')
    group by sector_date, sector_started_at
    having bool_and(is_hour_complete)

),

differences as (

    select
        {{ line_of_bill() | join(', ') }},
        cast(sum(usage_quantity) as decimal(34, 24)) as usage_quantity,
        cast(sum(list_cost) as decimal(38, 18)) as list_cost,
        cast(sum(billed_cost) as decimal(38, 18)) as billed_cost,
        sum(record_count) as record_count,
        sum(correction_count) as correction_count,
        max(currency_code) as currency_code,
        max(billed_through_at) as billed_through_at,
        sum(unpriced_now) not in (0, sum(unpriced_then)) as is_unpriced
    from both_sides
    group by {{ line_of_bill() | join(', ') }}

),

billing_differences as (

    select differences.*
    from differences
    inner join complete_hours on differences.usage_hour_at = complete_hours.sector_started_at
    where
        differences.is_unpriced
        or differences.usage_quantity <> 0
        or coalesce(differences.list_cost, 0) <> 0
        or coalesce(differences.billed_cost, 0) <> 0

)

select * from billing_differences
