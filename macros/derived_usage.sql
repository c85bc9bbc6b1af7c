{#- Days that changed cluster states touch. Over `changed`, changed states: what was written again with the same content
    cancels out, and a state that only ended, or ended otherwise, leaves the days before its end as they were.

    sectors   int_platform__time_sectors; its newest day is how far an open state can reach -#}
{% macro days_of_states(sectors) -%}
    select distinct explode(sequence(first_date, greatest(first_date, last_date))) as usage_date
    from (
        select
            if(
                count(*) > 1 and count(distinct struct(workspace_id, region, started_at, worker_count, is_running)) = 1,
                min(end_date), min(cast(started_at as date))
            ) as first_date,
            max(end_date) as last_date
        from (
            select net.*, coalesce(cast(ended_at as date), newest.newest_date) as end_date
            from (
                select state_key, workspace_id, region, started_at, ended_at, worker_count, is_running
                from changed
                group by all
                having {{ net_count() }} <> 0
            ) as net
            cross join (select max(sector_date) as newest_date from {{ sectors }}) as newest
        )
        group by state_key
    )
{%- endmacro %}


{#- Days on which a changed version of a cluster decides what its nodes are: those of its states since the version, and
    for the oldest version all of them. Over `changed`, changed versions. -#}
{% macro days_of_versions(versions, states, sectors) -%}
    select distinct explode(sequence(
        greatest(cast(states.started_at as date), since.first_date),
        greatest(
            cast(states.started_at as date), since.first_date, coalesce(cast(states.ended_at as date), newest.newest_date)
        )
    )) as usage_date
    from (
        select
            changed.workspace_id,
            changed.cluster_id,
            cast(if(
                min(changed.changed_at) <= min(versions.changed_at), timestamp'1970-01-01', min(changed.changed_at)
            ) as date) as first_date
        from changed
        left join {{ versions }} as versions
            on changed.workspace_id = versions.workspace_id and changed.cluster_id = versions.cluster_id
        group by all
    ) as since
    inner join {{ states }} as states
        on since.workspace_id = states.workspace_id and since.cluster_id = states.cluster_id
    cross join (select max(sector_date) as newest_date from {{ sectors }}) as newest
    where coalesce(cast(states.ended_at as date), newest.newest_date) >= since.first_date
{%- endmacro %}
