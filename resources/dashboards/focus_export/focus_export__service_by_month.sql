{#- Billed and list cost of each service in each month of the bill. #}
with cost_and_usage as (

    select * from {{ ref('fct_focus_cost_and_usage') }}

),

service_by_month as (

    select -- noqa: disable=CP02
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
order by BillingPeriodStart desc, BilledCost desc, ServiceName asc -- noqa: CP02
