{#- Every charge of the newest day in all columns of the specification, as an export hands them on. #}
with newest as (

    select max(usage_date) as newest_date from {{ ref('fct_charges') }}

),

cost_and_usage as (

    select * from {{ ref('fct_focus_cost_and_usage') }} -- noqa: disable=CP02
    where x_UsageDate = (select newest.newest_date from newest)

)

select * from cost_and_usage -- noqa: AM04
order by ChargePeriodStart, SubAccountId, SkuId
