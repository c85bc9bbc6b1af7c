{{ config(materialized='view') }}

with workspaces as (

    select * from {{ ref('stg_platform__workspaces') }}

),

workspace_regions as (

    select * from {{ ref('int_platform__workspace_regions') }}

),

dated as (

    select
        *,
        max(snapshot_at) over (partition by region) as newest_snapshot_at
    from workspaces

),

-- A region delivers its workspaces whole: one that a day of newer snapshots leaves out is gone. A day, because the
-- files of one snapshot may land apart.
present as (

    select * from dated
    where snapshot_at > newest_snapshot_at - interval 1 day

),

workspaces_at_home as (

    select
        present.account_id,
        present.workspace_id,
        present.region,
        present.workspace_name,
        present.workspace_url,
        present.status,
        present.created_at,
        present.snapshot_at
    from present
    inner join workspace_regions
        on present.workspace_id = workspace_regions.workspace_id and present.region = workspace_regions.region

)

select * from workspaces_at_home
