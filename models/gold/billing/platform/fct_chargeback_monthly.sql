{{ config(materialized='view') }}

with allocation as (

    select * from {{ ref('fct_cost_allocation_daily') }}
    where allocation_kind = 'team'

),

chargeback as (

    select
        date_format(usage_date, 'yyyy-MM') as usage_period,
        account_id,
        allocated_to as team,
        is_allocated,
        currency_code,
        price_status,
        cast(sum(billed_cost) as decimal(38, 18)) as billed_cost
    from allocation
    group by all

)

select * from chargeback
