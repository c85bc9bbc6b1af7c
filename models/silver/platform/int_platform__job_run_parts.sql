{{ config(materialized='view') }}

with slices as (

    select * from {{ ref('stg_platform__job_runs') }}

),

-- Notifications of tasks have a parent.
notifications as (

    select * from {{ ref('stg_platform__job_webhooks') }}
    where parent_run_id is null

),

parts as (

    select
        run_key,
        'timeline' as result_source,
        account_id,
        workspace_id,
        region,
        job_id,
        run_id,
        run_type,
        run_name,
        trigger_type,
        compute_ids,
        result_state,
        termination_code,
        queue_seconds,
        setup_seconds,
        execution_seconds,
        period_started_at,
        period_ended_at,
        period_date,
        landed_at
    from slices

    union all

    select
        run_key,
        'webhook' as result_source,
        null as account_id,
        workspace_id,
        region,
        job_id,
        run_id,
        null as run_type,
        null as run_name,
        null as trigger_type,
        null as compute_ids,
        case event_type
            when 'jobs.on_success' then 'SUCCEEDED'
            when 'jobs.on_failure' then 'FAILED'
        end as result_state,
        null as termination_code,
        null as queue_seconds,
        null as setup_seconds,
        null as execution_seconds,
        received_at as period_started_at,
        received_at as period_ended_at,
        received_date as period_date,
        landed_at
    from notifications

),

workspace_regions as (

    select * from {{ ref('int_platform__workspace_regions') }}

),

job_run_parts as (

    select
        parts.* except (region),
        coalesce(workspace_regions.region, parts.region) as region
    from parts
    left join workspace_regions on parts.workspace_id = workspace_regions.workspace_id

)

select * from job_run_parts
