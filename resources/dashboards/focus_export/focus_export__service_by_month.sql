{#- Billed and list cost of each service in the newest month of usage and the month before it. #}
with newest as (

    select max(usage_date) as newest_date from {{ ref('fct_charges') }}

),

cost_and_usage as (

    select * from {{ ref('fct_focus_cost_and_usage') }} -- noqa: disable=CP02
    where x_UsageDate >= trunc(add_months((select newest.newest_date from newest), -1), 'month')

),

service_by_month as (

    select
        BillingPeriodStart,
        ServiceCategory,
        ServiceName,
        BillingCurrency,
        sum(BilledCost) as BilledCost,
        sum(ListCost) as ListCost
    from cost_and_usage
    group by BillingPeriodStart, ServiceCategory, ServiceName, BillingCurrency

)

select * from service_by_month
order by BillingPeriodStart desc, BilledCost desc, ServiceName asc
