{#- Few rows, computed whole. -#}
{{ config(incremental_strategy='mirror', unique_key='version_key') }}

with snapshotted as (

    select * from {{ ref('snap_platform__jobs') }}

),

-- A deletion is dated by the run that noticed it. A version that is older than that and comes later would reach back
-- over it: its window holds, what it covers ends where it starts.
windows as (

    select
        *,
        lead(valid_from_at) over (partition by job_key order by valid_from_at, is_deleted) as next_from_at
    from snapshotted
    where valid_from_at < valid_to_at

),

jobs as (

    select
        version_key,
        job_key,
        account_id,
        workspace_id,
        region,
        job_id,
        job_name,
        creator_id,
        run_as,
        tags,
        trigger_type,
        is_paused,
        timeout_seconds,
        created_at,
        changed_at,
        valid_from_at,
        least(valid_to_at, next_from_at) as valid_to_at,
        next_from_at is null as is_current,
        is_deleted = 'True' as is_deleted
    from windows

)

select * from jobs
