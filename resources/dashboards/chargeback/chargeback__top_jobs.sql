{#- The 20 jobs that cost most in the newest month, by the name and owner that they had on the last day that cost. #}
with newest as (

    select max(usage_date) as newest_date from {{ ref('fct_cost_allocation_daily') }}

),

job_costs as (

    select
        workspace_id,
        job_id,
        currency_code,
        max(usage_date) as last_usage_date,
        sum(billed_cost) as billed_cost
    from {{ ref('fct_cost_allocation_daily') }}
    where
        usage_date >= trunc((select newest.newest_date from newest), 'month')
        and allocation_kind = 'job_run'
        and is_allocated
    group by workspace_id, job_id, currency_code
    order by billed_cost desc nulls last
    limit 20

),

-- The version that held when that day ended.
top_jobs as (

    select
        job_costs.workspace_id,
        job_costs.job_id,
        jobs.job_name,
        jobs.run_as,
        job_costs.last_usage_date,
        job_costs.currency_code,
        job_costs.billed_cost
    from job_costs
    left join {{ ref('dim_jobs') }} as jobs
        on
            job_costs.workspace_id = jobs.workspace_id
            and job_costs.job_id = jobs.job_id
            and jobs.valid_from_at < date_add(job_costs.last_usage_date, 1)
            and jobs.valid_to_at >= date_add(job_costs.last_usage_date, 1)

)

select * from top_jobs
order by billed_cost desc nulls last, workspace_id asc, job_id asc
