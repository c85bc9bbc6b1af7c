{{ config(partition_by='usage_date', meta={'day': 'usage_date'}) }}

{% set changed = changed_days([
    {'relation': ref('fct_cost_allocation_hourly'), 'days': 'select distinct usage_date from changed'},
    {'relation': ref('int_platform__job_task_hours'), 'days': 'select distinct hour_date as usage_date from changed'},
]) -%}
{% set run_in_line = bill_line_columns() + ['allocated_to', 'is_allocated', 'job_id'] -%}

with hourly as (

    select * from {{ ref('fct_cost_allocation_hourly') }}
    where {{ falls_in('usage_date', changed) }}

),

task_hours as (

    select * from {{ ref('int_platform__job_task_hours') }}
    where {{ falls_in('hour_date', changed) }}

),

-- A run bears its cost and its tasks share it by the time that each ran in the hour: of two tasks side by side on
-- one cluster each bears half of it, not each the whole.
task_shares as (

    select
        hourly.*,
        task_hours.task_key,
        {{ share_by_time('hourly.billed_cost', 'task_hours.running_ms', 'task_hours.run_running_ms', 18) }},
        {{ share_by_time('hourly.usage_quantity', 'task_hours.running_ms', 'task_hours.run_running_ms', 24) }}
    from hourly
    left join task_hours
        on
            hourly.usage_date = task_hours.hour_date
            and hourly.usage_hour_at = task_hours.hour_at
            and hourly.workspace_id = task_hours.workspace_id
            and hourly.allocated_to = task_hours.job_run_id
            and hourly.is_allocated
            and {{ can_be_split('hourly.billed_cost', 18) }}
            and {{ can_be_split('hourly.usage_quantity', 24) }}
    where hourly.allocation_kind = 'job_run'

),

task_costs as (

    {{ largest_remainder(
        'task_shares', whole='billed_cost', share='billed_cost_share', remainder='billed_cost_remainder',
        amount='task_cost', within=run_in_line, tie_break=['task_key'], scale=18
    ) }}

),

task_quantities as (

    {{ largest_remainder(
        'task_costs', whole='usage_quantity', share='usage_quantity_share', remainder='usage_quantity_remainder',
        amount='task_quantity', within=run_in_line, tie_break=['task_key'], scale=24
    ) }}

),

parts as (

    select
        {{ bill_line_columns() | join(', ') }},
        allocation_kind,
        allocated_to,
        is_allocated,
        job_id,
        if(allocation_kind = 'job_run' and is_allocated, allocated_to, null) as job_run_id,
        usage_quantity,
        billed_cost
    from hourly

    union all

    select
        {{ bill_line_columns() | join(', ') }},
        'task' as allocation_kind,
        coalesce(task_key, {{ nobody("'task'") }}) as allocated_to,
        task_key is not null as is_allocated,
        job_id,
        if(is_allocated, allocated_to, null) as job_run_id,
        task_quantity as usage_quantity,
        task_cost as billed_cost
    from task_quantities

),

allocation_daily as (

    select
        usage_date,
        account_id,
        workspace_id,
        cloud,
        sku_name,
        usage_unit,
        currency_code,
        price_status,
        allocation_kind,
        allocated_to,
        is_allocated,
        job_id,
        job_run_id,
        cast(sum(usage_quantity) as decimal(34, 24)) as usage_quantity,
        cast(sum(billed_cost) as decimal(38, 18)) as billed_cost
    from parts
    group by all

)

select * from allocation_daily
