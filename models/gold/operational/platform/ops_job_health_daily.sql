{{ config(partition_by='run_date', meta={'day': 'run_date'}) }}

{% set changed = changed_days([
    {'relation': ref('int_platform__job_runs'), 'days': 'select distinct run_date from changed'},
    {'relation': ref('stg_platform__jobs'), 'days': days_of_renamed_jobs()},
    {'relation': ref('int_platform__time_sectors'), 'days': days_with_new_flags(['job_runs'])},
]) -%}

with job_runs as (

    select
        *,
        is_finished and has_started as is_rated,
        is_finished and result_state in ('FAILED', 'TIMED_OUT', 'ERROR', 'BLOCKED') as is_failed
    from {{ ref('int_platform__job_runs') }}
    where {{ falls_in('run_date', changed) }}

),

job_versions as (

    select * from {{ ref('stg_platform__jobs') }}

),

source_days as (

    select * from {{ ref('int_platform__source_days') }}
    where source_name = 'job_runs' and {{ falls_in('sector_date', changed) }}

),

-- The name of a deleted job too, so not from the current ones.
job_names as (

    select
        workspace_id,
        job_id,
        max_by(job_name, changed_at) filter (where job_name is not null) as job_name
    from job_versions
    group by workspace_id, job_id

),

daily as (

    select
        run_date,
        workspace_id,
        region,
        job_id,
        count(*) as run_count,
        count_if(not is_finished) as unfinished_count,
        count_if(is_finished and result_state = 'SUCCEEDED') as succeeded_count,
        count_if(is_failed) as failed_count,
        count_if(is_finished and result_state = 'CANCELLED') as cancelled_count,
        count_if(is_finished and result_state = 'SKIPPED') as skipped_count,
        count_if(trigger_type in ('ONETIME_RETRY', 'RETRY')) as retried_count,
        count_if(is_repaired) as repaired_count,
        count_if(is_rated) as rated_count,
        cast(try_divide(count_if(is_rated and is_failed), count_if(is_rated)) as decimal(5, 4)) as failure_rate,
        cast(percentile(if(is_rated, run_seconds, null), 0.5) as decimal(18, 3)) as median_run_seconds,
        cast(percentile(if(is_rated, run_seconds, null), 0.95) as decimal(18, 3)) as p95_run_seconds,
        cast(percentile(queue_seconds, 0.95) as decimal(18, 3)) as p95_queue_seconds
    from job_runs
    group by run_date, workspace_id, region, job_id

),

health as (

    select
        daily.run_date,
        daily.workspace_id,
        daily.region,
        daily.job_id,
        job_names.job_name,
        daily.run_count,
        daily.unfinished_count,
        daily.succeeded_count,
        daily.failed_count,
        daily.cancelled_count,
        daily.skipped_count,
        daily.retried_count,
        daily.repaired_count,
        daily.rated_count,
        daily.failure_rate,
        daily.median_run_seconds,
        daily.p95_run_seconds,
        daily.p95_queue_seconds,
        {{ ledger_flags('source_days') }}
    from daily
    left join job_names on daily.workspace_id = job_names.workspace_id and daily.job_id = job_names.job_id
    left join source_days on daily.run_date = source_days.sector_date

)

select * from health
