{#- Every table of every domain: when it last moved, and whether it lacks what its inputs hold already. A table that
    waits longer than the service level of its layer is late; so is a source silent for longer than it declares. -#}
with states as (

    {{ table_states() }}

),

typed as (

    select
        domain,
        layer,
        table_name,
        cast(committed_at as timestamp) as committed_at,
        nullif(waiting_for, '') as waiting_for,
        cast(nullif(waiting_since, '') as timestamp) as waiting_since,
        coalesce(try_cast(nullif(allowed_seconds, '') as bigint), {{ slo_seconds('layer') }}) as allowed_seconds
    from states

),

aged as (

    select
        *,
        timestampdiff(second, committed_at, current_timestamp()) as age_seconds,
        timestampdiff(second, waiting_since, current_timestamp()) as waiting_seconds
    from typed

),

-- A source is as late as it has been silent, any other table as long as it waits.
table_freshness as (

    select
        {{ severity_beyond(
            "if(layer = 'bronze', age_seconds, waiting_seconds)",
            'allowed_seconds + 1',
            '4 * allowed_seconds',
            'greatest(4 * allowed_seconds, ' ~ 3600 * var('duty_outage_hours') ~ ')',
        ) }} as severity,
        domain,
        layer,
        table_name,
        committed_at,
        age_seconds,
        waiting_for,
        waiting_since,
        waiting_seconds,
        allowed_seconds
    from aged

)

select * from table_freshness
order by {{ severity_rank() }}, domain, layer, table_name
