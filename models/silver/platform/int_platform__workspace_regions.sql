{#- Few rows, computed whole; only a workspace that moves, comes or goes is written. -#}
{{ config(incremental_strategy='mirror', unique_key='workspace_id') }}

with workspaces as (

    select * from {{ ref('stg_platform__workspaces') }}

),

dated as (

    select
        *,
        max(snapshot_at) over (partition by region) as region_snapshot_at,
        max(snapshot_at) over (partition by workspace_id) as workspace_snapshot_at
    from workspaces

),

-- A region delivers its workspaces whole: one that a day of its newer snapshots leaves out is claimed by it no more. A
-- workspace that every region has left out keeps the home that it had last.
claims as (

    select * from dated
    qualify
        snapshot_at > region_snapshot_at - interval 1 day
        or not bool_or(snapshot_at > region_snapshot_at - interval 1 day) over (partition by workspace_id)
        and snapshot_at = workspace_snapshot_at

),

-- The region that delivers a workspace is its home. Where two claim it, one holds for all figures to agree, and a
-- break says so.
workspace_regions as (

    select
        workspace_id,
        min(region) as region,
        count(*) as region_count,
        array_join(array_sort(collect_list(region)), ', ') as claimed_by
    from claims
    group by workspace_id

)

select * from workspace_regions
