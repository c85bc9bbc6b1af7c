{{ config(materialized='view') }}

with versions as (

    select * from {{ ref('stg_platform__clusters') }}

),

newest_versions as (

    select * from versions
    qualify
        row_number() over (
            partition by workspace_id, cluster_id order by changed_at desc, deleted_at desc nulls last, record_key asc
        ) = 1

),

clusters as (

    select
        left(sha2(to_json(array(workspace_id, cluster_id)), 256), 32) as cluster_key,
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
        changed_at
    from newest_versions
    where deleted_at is null

)

select * from clusters
