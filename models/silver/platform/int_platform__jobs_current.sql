{{ config(materialized='view') }}

with versions as (

    select * from {{ ref('stg_platform__jobs') }}

),

workspace_regions as (

    select * from {{ ref('int_platform__workspace_regions') }}

),

newest_versions as (

    select * from versions
    qualify row_number() over (partition by workspace_id, job_id order by changed_at desc) = 1

),

-- Only now: an older version of a deleted job was not deleted.
jobs_current as (

    select
        {{ key_in_workspace('newest_versions.workspace_id', 'newest_versions.job_id') }} as job_key,
        newest_versions.account_id,
        newest_versions.workspace_id,
        coalesce(workspace_regions.region, newest_versions.region) as region,
        newest_versions.job_id,
        newest_versions.job_name,
        newest_versions.creator_id,
        newest_versions.run_as,
        newest_versions.tags,
        newest_versions.trigger_type,
        newest_versions.is_paused,
        newest_versions.timeout_seconds,
        newest_versions.created_at,
        newest_versions.changed_at
    from newest_versions
    left join workspace_regions on newest_versions.workspace_id = workspace_regions.workspace_id
    where newest_versions.deleted_at is null

)

select * from jobs_current
