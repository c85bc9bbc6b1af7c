{#- What each team cost in each hour of the last three days: when a peak of the day came. #}
with newest as (

    select max(usage_date) as newest_date from {{ ref('fct_cost_allocation_hourly') }}

),

allocation as (

    select * from {{ ref('fct_cost_allocation_hourly') }}
    where
        usage_date > date_sub((select newest.newest_date from newest), 3)
        and allocation_kind = 'team'

),

team_by_hour as (

    select
        usage_hour_at,
        allocated_to as team,
        is_allocated,
        currency_code,
        sum(billed_cost) as billed_cost
    from allocation
    where price_status = 'priced'
    group by usage_hour_at, allocated_to, is_allocated, currency_code

)

select * from team_by_hour
order by usage_hour_at, team, currency_code
