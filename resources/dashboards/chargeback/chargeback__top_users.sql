{#- The 20 users that cost most in the newest month, with the workspaces that they work in. #}
with newest as (

    select max(usage_date) as newest_date from {{ ref('fct_cost_allocation_daily') }}

),

user_costs as (

    select
        allocated_to as user_name,
        workspace_id,
        currency_code,
        sum(billed_cost) as billed_cost
    from {{ ref('fct_cost_allocation_daily') }}
    where
        usage_date >= trunc((select newest.newest_date from newest), 'month')
        and allocation_kind = 'user'
        and is_allocated
    group by allocated_to, workspace_id, currency_code

),

workspaces as (

    select * from {{ ref('dim_workspaces') }}
    where is_current

),

top_users as (

    select
        user_costs.user_name,
        user_costs.currency_code,
        array_sort(collect_set(coalesce(workspaces.workspace_name, user_costs.workspace_id))) as workspace_names,
        sum(user_costs.billed_cost) as billed_cost
    from user_costs
    left join workspaces on user_costs.workspace_id = workspaces.workspace_id
    group by user_costs.user_name, user_costs.currency_code

)

select * from top_users
order by billed_cost desc nulls last, user_name asc
limit 20
