{#- The 20 jobs that failed most often in the last seven days, of those with five rated runs or more. A percentile of
    days is not one of the week: the duration is that of the worst day. #}
with newest as (

    select max(run_date) as newest_date from {{ ref('ops_job_health_daily') }}

),

health as (

    select * from {{ ref('ops_job_health_daily') }}
    where run_date > date_sub((select newest.newest_date from newest), 7)

),

worst_jobs as (

    select
        workspace_id,
        job_id,
        max_by(job_name, run_date) as job_name,
        sum(run_count) as run_count,
        sum(rated_count) as rated_count,
        sum(failed_count) as failed_count,
        try_divide(sum(failure_rate * rated_count), sum(rated_count)) as failure_rate,
        max(p95_run_seconds) as worst_day_p95_run_seconds,
        max(p95_queue_seconds) as worst_day_p95_queue_seconds,
        bool_or(is_partial) as is_partial
    from health
    where job_id is not null
    group by workspace_id, job_id
    having sum(rated_count) >= 5

)

select * from worst_jobs
order by failure_rate desc, failed_count desc, workspace_id asc, job_id asc
limit 20
