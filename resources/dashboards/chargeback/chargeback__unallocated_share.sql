{#- How much of the bill of each of the last 30 days nobody bears, by kind of bearer. Every kind splits the whole bill,
    so one of them, the team, says what the bill is; a kind without a row is borne whole. #}
with newest as (

    select max(usage_date) as newest_date from {{ ref('fct_cost_allocation_daily') }}

),

allocation as (

    select * from {{ ref('fct_cost_allocation_daily') }}
    where
        usage_date > date_sub((select newest.newest_date from newest), 30)
        and price_status = 'priced'
        and (allocation_kind = 'team' or not is_allocated)

),

parts as (

    select
        usage_date,
        allocation_kind,
        currency_code,
        is_allocated,
        sum(billed_cost) as billed_cost
    from allocation
    group by usage_date, allocation_kind, currency_code, is_allocated

),

bills as (

    select
        *,
        sum(if(allocation_kind = 'team', billed_cost, 0)) over (
            partition by usage_date, currency_code
        ) as whole_cost
    from parts

),

unallocated_share as (

    select
        usage_date,
        allocation_kind,
        currency_code,
        whole_cost,
        billed_cost as unallocated_cost,
        try_divide(billed_cost, whole_cost) as unallocated_share
    from bills
    where not is_allocated

)

select * from unallocated_share
order by usage_date, allocation_kind, currency_code
