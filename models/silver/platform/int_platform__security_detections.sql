{{ config(
    unique_key=none, incremental_strategy='replace_days', partition_by='event_date', meta={'day': 'event_date'}
) }}

{#- A burst is judged by the failures of the two windows before it, so those before midnight count for the next day. -#}
{% set minutes, burst_events = var('login_burst_minutes'), var('login_burst_events') -%}
{% set changed = changed_days([
    {
        'relation': ref('stg_platform__audit_logs'),
        'days': 'select event_date from changed union select cast(event_at + interval ' ~ 2 * minutes
            ~ ' minutes as date) from changed',
    },
    {'relation': ref('int_platform__audit_actors'), 'days': 'select distinct first_seen_date from changed'},
]) -%}

with named_events as (

    select
        events.*,
        actions.kind,
        actions.severity,
        coalesce(events.response_status_code, 200) as status
    from {{ ref('stg_platform__audit_logs') }} as events
    inner join ({{ security_actions() }}) as actions using (service_name, action_name)
    where
        {{ falls_in('event_date', changed) }}
        or hour(event_at) = 23 and {{ falls_in('date_add(event_date, 1)', changed) }}

),

first_time_actors as (

    select * from {{ ref('int_platform__audit_actors') }}
    where {{ falls_in('first_seen_date', changed) }}

),

failed_logins as (

    select
        named_events.*,
        subjects.*
    from named_events
    lateral view explode(map(
        'failed_logins_of_user', coalesce(user_email, ''), 'failed_logins_from_address', coalesce(source_ip_address, '')
    )) subjects as burst_kind, subject
    where kind = 'login' and status between 400 and 499

),

counted_logins as (

    select
        *,
        count(*) over (
            partition by account_id, burst_kind, subject order by event_at
            range between interval {{ minutes }} minutes preceding and current row
        ) as event_count
    from failed_logins
    where subject <> ''

),

-- One row where a burst begins; it goes on while failures follow each other within the window.
bursts as (

    select * from counted_logins
    qualify
        event_count >= {{ burst_events }}
        and not coalesce(
            lag(event_count) over (partition by account_id, burst_kind, subject order by event_at, record_key)
            >= {{ burst_events }}
            and lag(event_at) over (partition by account_id, burst_kind, subject order by event_at, record_key)
            >= event_at - interval {{ minutes }} minutes, false
        )

),

-- The read that reaches the limit is the evidence.
mass_reads as (

    select
        *,
        count(*) over (partition by account_id, user_email, date_trunc('hour', event_at)) as event_count
    from named_events
    where kind = 'read' and status < 400 and user_email <> ''
    qualify row_number() over (
        partition by account_id, user_email, date_trunc('hour', event_at) order by event_at, record_key
    ) = {{ var('mass_read_events') }}

),

detections as (

    select kind, severity, event_date, record_key, 1 as event_count from named_events
    where kind not in ('login', 'read')
    union all
    select 'failed_login' as kind, severity, event_date, record_key, 1 as event_count from named_events
    where kind = 'login' and status between 400 and 499
    union all
    select burst_kind as kind, 'high' as severity, event_date, record_key, event_count from bursts
    union all
    select 'mass_read' as kind, 'high' as severity, event_date, record_key, event_count from mass_reads
    union all
    select 'first_time_actor' as kind, 'info' as severity, first_seen_date, first_record_key, 1 as event_count
    from first_time_actors

),

days as (

    select
        left(sha2(to_json(array(kind, record_key)), 256), 32) as detection_key,
        kind,
        severity,
        event_date,
        record_key,
        cast(event_count as bigint) as event_count
    from detections
    where {{ falls_in('event_date', changed) }}

)

select * from days
