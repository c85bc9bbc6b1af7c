{#- Few rows, computed whole; only what differs is written. -#}
{{ config(incremental_strategy='mirror', unique_key='version_key') }}

with versions as (

    select
        *,
        row_number() over (partition by workspace_id order by valid_from_at) as version_number
    from {{ ref('snap_platform__workspaces') }}

),

workspaces as (

    select
        version_key,
        account_id,
        workspace_id,
        region,
        workspace_name,
        workspace_url,
        status,
        created_at,
        -- Nobody watched before the first version: it is the best that is known of the time since the subject was made.
        if(version_number = 1, least(valid_from_at, created_at), valid_from_at) as valid_from_at,
        valid_to_at,
        valid_to_at = timestamp '9999-12-31' as is_current,
        cast(is_deleted as boolean) as is_deleted
    from versions

)

select * from workspaces
