{#- Every kind of bearer splits every day's bill: the same cost and the same quantity, to the last decimal. A kind that
    is missing on a day fails, too. -#}

with bill as (

    select
        usage_date,
        sum(billed_cost) as billed_cost,
        sum(usage_quantity) as usage_quantity
    from {{ ref('fct_usage_hourly') }}
    group by usage_date

),

kinds as (

    select explode(array(
        'job_run', 'task', 'cluster', 'warehouse', 'user', 'team'
        {%- for tag in var('allocation_tags', ['team', 'environment', 'cost_center']) -%}
            , {{ quoted('tag:' ~ tag) }}
        {%- endfor -%}
    )) as allocation_kind

),

allocated as (

    select
        usage_date,
        allocation_kind,
        sum(billed_cost) as billed_cost,
        sum(usage_quantity) as usage_quantity
    from {{ ref('fct_cost_allocation_daily') }}
    group by usage_date, allocation_kind

),

compared as (

    select
        usage_date,
        allocation_kind,
        bill.billed_cost,
        allocated.billed_cost as allocated_cost,
        bill.usage_quantity,
        allocated.usage_quantity as allocated_quantity
    from bill
    cross join kinds
    full join allocated using (usage_date, allocation_kind)

)

select * from compared
where
    billed_cost is distinct from allocated_cost
    or usage_quantity is distinct from allocated_quantity
