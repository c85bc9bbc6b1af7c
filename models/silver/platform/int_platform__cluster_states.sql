{#- New events change a cluster's history from the first of them on: that tail is made again, from the state before
    it. docs/decisions/0012-states-of-clusters.md -#}
{{ config(
    incremental_strategy='replace_tails',
    unique_key='state_key',
    partition_by='state_date',
    meta={'tail': {'of': 'cluster_id', 'by': 'started_at', 'prune_by': 'state_date'}},
) }}

{% set events, versions = ref('stg_platform__cluster_events'), ref('stg_platform__clusters') -%}
{% set changed = changed_days([
    {'relation': events, 'days': 'select distinct event_date from changed where ' ~ changes_cluster_state('changed')},
    {'relation': versions, 'days': 'select distinct cast(deleted_at as date) from changed'},
]) -%}

with moves as (

    {{ cluster_moves_to_replay(events, versions, changed) }}

),

-- What holds after each move, carried from the moves before it.
carried as (

    select
        cluster_id,
        region,
        moved_at,
        move_type,
        move_rank,
        last_value(workspace_id, true) over so_far as workspace_id,
        last_value(worker_count, true) over so_far as worker_count,
        coalesce(last_value(life, true) over so_far, 'RUNNING') as life,
        coalesce(last_value(up_state, true) over so_far, 'RUNNING') as up_state
    from moves
    window so_far as (partition by cluster_id order by moved_at, move_rank)

),

-- Of the moves of one millisecond the last one counts.
standing as (

    select
        *,
        if(life = 'RUNNING', up_state, life) as state
    from carried
    qualify row_number() over (partition by cluster_id, moved_at order by move_rank desc) = 1

),

-- A move that changes nothing opens no interval; the first of a tail is the state before it.
openings as (

    select *
    from standing
    qualify
        struct(state, worker_count, workspace_id) is distinct from
        lag(struct(state, worker_count, workspace_id)) over (partition by cluster_id order by moved_at)

),

cluster_states as (

    select
        left(sha2(to_json(array(cluster_id, cast(unix_micros(moved_at) as string))), 256), 32) as state_key,
        workspace_id,
        region,
        cluster_id,
        state,
        moved_at as started_at,
        lead(moved_at) over (partition by cluster_id order by moved_at) as ended_at,
        cast(moved_at as date) as state_date,
        worker_count,
        state in ('RUNNING', 'RESIZING') as is_running,
        move_type as opening_event_type
    from openings

)

select * from cluster_states
