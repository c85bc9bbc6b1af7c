{#- A job's start and end stand in different events, sometimes in different files: joined whole at every build. -#}
{{ config(materialized='table') }}

with job_events as (

    select * from {{ ref('stg_platform__spark_events') }}
    where event_type in ('SparkListenerJobStart', 'SparkListenerJobEnd')

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
        *,
        timestampdiff(millisecond, started_at, ended_at) as duration_ms
    from jobs

)

select * from timed_jobs
