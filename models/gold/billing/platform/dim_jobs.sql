{#- Few rows, computed whole. -#}
{{ config(incremental_strategy='mirror', unique_key='version_key') }}

with snapshotted as (

    select * from {{ ref('snap_platform__jobs') }}

),

-- A deletion is dated by the run that noticed it. A version that comes later and is older than that reaches back over
-- it: its window holds, what it covers ends where it starts.
windows as (

    select
        *,
        lag(valid_from_at) over windows_of_job is null as is_first,
        lead(valid_from_at) over windows_of_job as next_from_at
    from snapshotted
    where valid_from_at < valid_to_at
    window windows_of_job as (partition by job_key order by valid_from_at, is_deleted)

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
        -- Nobody watched before the first version: it is the best that is known of the time since the job was made.
        if(is_first, least(valid_from_at, created_at), valid_from_at) as valid_from_at,
        least(valid_to_at, next_from_at) as valid_to_at,
        next_from_at is null as is_current,
        cast(is_deleted as boolean) as is_deleted
    from windows

)

select * from jobs
