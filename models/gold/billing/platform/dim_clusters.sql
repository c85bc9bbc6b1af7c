{#- Few rows, computed whole; only what differs is written. -#}
{{ config(incremental_strategy='mirror', unique_key='version_key') }}

with versions as (

    select
        *,
        row_number() over (partition by cluster_key order by valid_from_at) as version_number
    from {{ ref('snap_platform__clusters') }}

),

clusters as (

    select
        version_key,
        cluster_key,
        account_id,
        workspace_id,
        region,
        cluster_id,
        cluster_name,
        owned_by,
        driver_node_type,
        worker_node_type,
        worker_count,
        min_autoscale_workers,
        max_autoscale_workers,
        auto_termination_minutes,
        cluster_source,
        dbr_version,
        data_security_mode,
        policy_id,
        tags,
        created_at,
        changed_at,
        -- Nobody watched before the first version: it is the best that is known of the time since the subject was made.
        if(version_number = 1, least(valid_from_at, created_at), valid_from_at) as valid_from_at,
        valid_to_at,
        valid_to_at = timestamp '9999-12-31' as is_current,
        cast(is_deleted as boolean) as is_deleted
    from versions

)

select * from clusters
