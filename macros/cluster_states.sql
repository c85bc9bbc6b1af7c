{#- The state machine of clusters: docs/decisions/0012-states-of-clusters.md -#}

{#- Event type -> [what it says of the cluster's life, what it says of a running cluster, workers it names]. Of events
    of one millisecond the later in this list counts; a type that is not in it changes nothing. -#}
{% macro cluster_event_rules() -%}
    {%- set wanted = 'coalesce(target_worker_count, current_worker_count)' -%}
    {%- set there = 'coalesce(current_worker_count, target_worker_count)' -%}
    {{ return({
        'STARTING': ['PENDING', none, wanted],
        'CREATING': ['PENDING', none, wanted],
        'RUNNING': ['RUNNING', 'RUNNING', there],
        'NODES_LOST': [none, none, 'current_worker_count'],
        'RESIZING': [none, 'RESIZING', there],
        'UPSIZE_COMPLETED': [none, 'RUNNING', there],
        'RESTARTING': ['RESTARTING', none, none],
        'TERMINATING': ['TERMINATING', none, none],
    }) }}
{%- endmacro %}


{% macro changes_cluster_state(events_alias) -%}
    {{ events_alias }}.event_type in ('{{ cluster_event_rules() | join("', '") }}')
{%- endmacro %}


{#- What moves a cluster from state to state: its events, and its deletion, which ends what no event has ended. -#}
{% macro cluster_moves(events, versions, from_day=none) -%}
    select
        cluster_id,
        workspace_id,
        region,
        event_at as moved_at,
        event_type as move_type,
        {{ said_by_type(none) }} as move_rank,
        {{ said_by_type(0) }} as life,
        {{ said_by_type(1) }} as up_state,
        {{ said_by_type(2) }} as worker_count
    from {{ events }} as moving
    where {{ changes_cluster_state('moving') }} {%- if from_day %} and event_date >= {{ from_day }} {%- endif %}

    union all

    select
        cluster_id,
        min(workspace_id) as workspace_id,
        min(region) as region,
        deleted_at as moved_at,
        'DELETED' as move_type,
        {{ cluster_event_rules() | length + 1 }} as move_rank,
        'TERMINATED' as life,
        cast(null as string) as up_state,
        cast(null as bigint) as worker_count
    from {{ versions }}
    where deleted_at is not null
    group by cluster_id, deleted_at
{%- endmacro %}


{#- One part of the rules as a case over the event type; none: the rank, from 1. -#}
{% macro said_by_type(part) -%}
    case event_type
            {%- for type, rule in cluster_event_rules().items() if part is none or rule[part] %}
            when '{{ type }}' then {{ loop.index if part is none else (rule[part] if part == 2 else "'" ~ rule[part] ~ "'") }}
            {%- endfor %}
        end
{%- endmacro %}


{#- Rows of an input as they were and as they are, of what this model has not read yet; empty if there is nothing. -#}
{% macro before_and_after(relation) -%}
    {%- set window = read_window(relation) -%}
    {%- if window.since is none or window.since == window.to -%} (select * from {{ relation }} where false)
    {%- else -%} (select * from {{ changed_rows(relation, window) }})
    {%- endif -%}
{%- endmacro %}


{#- The moves that a run has to look at: all, or of each cluster with new moves those from the first new one on, led
    by the state that it met, as if that were a move. -#}
{% macro cluster_moves_to_replay(events, versions, changed) -%}
    {%- if changed.whole -%} {{ cluster_moves(events, versions) }}
    {%- else -%}
    with tails as (
        select cluster_id, min(moved_at) as tail_from
        from ({{ cluster_moves(before_and_after(events), before_and_after(versions)) }})
        group by cluster_id
    ),

    states_before as (
        select kept.* from {{ this }} as kept
        inner join tails on kept.cluster_id = tails.cluster_id and kept.started_at < tails.tail_from
        qualify row_number() over (partition by kept.cluster_id order by kept.started_at desc) = 1
    )

    select
        cluster_id,
        workspace_id,
        region,
        started_at as moved_at,
        opening_event_type as move_type,
        0 as move_rank,
        if(state = 'RESIZING', 'RUNNING', state) as life,
        if(state = 'RESIZING', 'RESIZING', null) as up_state,
        worker_count
    from states_before

    union all

    select moves.*
    from ({{ cluster_moves(events, versions, from_day=literals(changed.days[:1]) or "date'9999-12-31'") }}) as moves
    inner join tails on moves.cluster_id = tails.cluster_id and moves.moved_at >= tails.tail_from
    {%- endif %}
    {{ changed.notes | join('\n    ') }}
{%- endmacro %}
