{#- What each value of each tag cost in the newest month. Every tag splits the whole bill; what no value bears is a row
    of its own. #}
with newest as (

    select max(usage_date) as newest_date from {{ ref('fct_cost_allocation_daily') }}

),

cost_by_tag as (

    select
        substring(allocation_kind, 5) as tag,
        allocated_to as tag_value,
        is_allocated,
        currency_code,
        sum(billed_cost) as billed_cost
    from {{ ref('fct_cost_allocation_daily') }}
    where
        usage_date >= trunc((select newest.newest_date from newest), 'month')
        and startswith(allocation_kind, 'tag:')
        and price_status = 'priced'
    group by allocation_kind, allocated_to, is_allocated, currency_code

)

select * from cost_by_tag
order by billed_cost desc nulls last, tag asc, tag_value asc
