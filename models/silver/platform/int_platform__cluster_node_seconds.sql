{#- Whole days, because a late event moves the ends of states on both sides of it. -#}
{{ config(incremental_strategy='replace_days', partition_by='usage_date', meta={'day': 'usage_date'}) }}

{% set sectors, states = ref('int_platform__time_sectors'), ref('int_platform__cluster_states') -%}
{% set versions = ref('stg_platform__clusters') -%}
{% set changed = changed_days([
    {'relation': sectors, 'days': days_with_new_verdicts(['billing_usage', 'billable_usage', 'cluster_events'])},
    {'relation': states, 'days': days_of_states(sectors)},
    {'relation': versions, 'days': days_of_versions(versions, states, sectors)},
]) -%}

with hours as (

    select * from {{ ref('int_platform__compared_hours') }}
    where {{ falls_in('usage_date', changed) }}

),

span as (

    select
        min(usage_date) as first_date,
        max(usage_date) as last_date
    from hours

),

-- A state without an end reaches to the last complete hour and no further.
states_by_day as (

    select
        states.*,
        explode(sequence(
            greatest(cast(states.started_at as date), span.first_date),
            least(coalesce(cast(states.ended_at as date), span.last_date), span.last_date)
        )) as usage_date
    from {{ states }} as states
    inner join span
        on
            cast(states.started_at as date) <= span.last_date
            and coalesce(cast(states.ended_at as date), span.last_date) >= span.first_date
    where states.is_running

),

running as (

    select
        states_by_day.workspace_id,
        states_by_day.cluster_id,
        states_by_day.region,
        coalesce(states_by_day.worker_count, 0) as worker_count,
        hours.usage_date,
        greatest(states_by_day.started_at, hours.hour_started_at) as running_from_at,
        least(coalesce(states_by_day.ended_at, hours.hour_ended_at), hours.hour_ended_at) as running_until_at
    from states_by_day
    inner join hours
        on
            states_by_day.usage_date = hours.usage_date
            and states_by_day.started_at < hours.hour_ended_at
            and coalesce(states_by_day.ended_at, hours.hour_ended_at) > hours.hour_started_at

),

-- The oldest version known holds for the time before it, too.
versions as (

    select
        account_id,
        workspace_id,
        cluster_id,
        driver_node_type,
        coalesce(worker_node_type, driver_node_type) as worker_node_type,
        if(row_number() over cluster = 1, timestamp '1970-01-01', changed_at) as valid_from_at,
        lead(changed_at) over cluster as valid_to_at
    from {{ versions }}
    window cluster as (partition by workspace_id, cluster_id order by changed_at)

),

-- What the nodes were when the hour, or the state in it, began: the driver, and beside it the workers.
nodes as (

    select
        running.* except (worker_count),
        versions.account_id,
        unix_micros(running.running_until_at) - unix_micros(running.running_from_at) as microseconds,
        inline(array(  -- noqa: AL03
            struct(versions.driver_node_type as node_type, cast(1 as bigint) as node_count),
            struct(versions.worker_node_type as node_type, running.worker_count as node_count)
        ))
    from running
    left join versions
        on
            running.workspace_id = versions.workspace_id
            and running.cluster_id = versions.cluster_id
            and running.running_from_at >= versions.valid_from_at
            and (versions.valid_to_at is null or running.running_from_at < versions.valid_to_at)

),

node_seconds as (

    select
        usage_date,
        workspace_id,
        cluster_id,
        node_type,
        max(account_id) as account_id,
        max(region) as region,
        cast(cast(sum(microseconds * node_count) as decimal(18, 0)) / 1000000 as decimal(18, 6)) as node_seconds
    from nodes
    where node_count > 0
    group by usage_date, workspace_id, cluster_id, node_type

)

select * from node_seconds
