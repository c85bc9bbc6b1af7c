{#- Few rows, computed whole; only a workspace that moves, comes or goes is written. -#}
{{ config(incremental_strategy='mirror', unique_key='workspace_id') }}

with workspaces as (

    select * from {{ ref('stg_platform__workspaces') }}

),

-- The region that delivers a workspace is its home. Where two claim it, one holds for all figures to agree, and a
-- break says so.
workspace_regions as (

    select
        workspace_id,
        min(region) as region,
        count(*) as region_count,
        array_join(array_sort(collect_list(region)), ', ') as claimed_by
    from workspaces
    group by workspace_id

)

select * from workspace_regions
