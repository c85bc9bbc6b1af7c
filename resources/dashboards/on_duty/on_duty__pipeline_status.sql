{#- Every step of the pipeline as it was last heard of: what fails now, and what has failed lately, first. -#}
with steps as (

    {{ duty_steps() }}

),

-- Of a command of dbt: what failed in its last run.
failed_nodes as (

    select
        run_id,
        array_sort(collect_set(subject)) as failed_nodes
    from {{ as_built(source('operations', 'platform_logs')) }}
    where
        logged_at > timestampadd(day, -{{ var('duty_days') }}, current_timestamp())
        and component = 'dbt' and status = 'failed' and not startswith(subject, 'dbt ')
    group by run_id

),

pipeline_status as (

    select
        steps.severity,
        steps.component,
        steps.step,
        steps.status,
        steps.last_run_at,
        timestampdiff(second, steps.last_run_at, current_timestamp()) as age_seconds,
        steps.last_ok_at,
        steps.run_count,
        steps.failed_count,
        if(steps.component = 'dbt', failed_nodes.failed_nodes, null) as failed_nodes,
        steps.message
    from steps
    left join failed_nodes using (run_id)

)

select * from pipeline_status
order by {{ severity_rank() }}, component, step
