{#- Runs of all jobs of the last 30 days, by the day on which they began and how they ended. #}
with newest as (

    select max(run_date) as newest_date from {{ ref('ops_job_health_daily') }}

),

job_runs as (

    select
        run_date,
        sum(run_count) as run_count,
        sum(succeeded_count) as succeeded_count,
        sum(failed_count) as failed_count,
        sum(cancelled_count) as cancelled_count,
        sum(skipped_count) as skipped_count,
        sum(unfinished_count) as unfinished_count,
        bool_or(is_partial) as is_partial
    from {{ ref('ops_job_health_daily') }}
    where run_date > date_sub((select newest.newest_date from newest), 30)
    group by run_date

)

select * from job_runs
order by run_date
