{#- A job's start and end stand in different events, sometimes in different files: the jobs of a folder with new events
    are made again, the others are not read. -#}
{{ config(unique_key='job_key', meta={'merge': {'prune_by': 'log_folder', 'newer': 'true'}}) }}

{% set changed = changed_days([
    {'relation': ref('stg_platform__spark_events'), 'days': 'select distinct log_folder from changed'},
]) -%}

with job_events as (

    select * from {{ ref('stg_platform__spark_events') }}
    where
        event_type in ('SparkListenerJobStart', 'SparkListenerJobEnd')
        and job_id is not null
        and {{ falls_in('log_folder', changed) }}

),

jobs as (

    select
        log_folder,
        job_id,
        min(region) as region,
        min(case when event_type = 'SparkListenerJobStart' then event_at end) as started_at,
        max(case when event_type = 'SparkListenerJobEnd' then event_at end) as ended_at,
        max(case when event_type = 'SparkListenerJobEnd' then job_result end) as job_result,
        max(case when event_type = 'SparkListenerJobStart' then stage_count end) as stage_count
    from job_events
    group by log_folder, job_id

),

timed_jobs as (

    select
        left(sha2(to_json(array(log_folder, cast(job_id as string))), 256), 32) as job_key,
        *,
        timestampdiff(millisecond, started_at, ended_at) as duration_ms
    from jobs

)

select * from timed_jobs
