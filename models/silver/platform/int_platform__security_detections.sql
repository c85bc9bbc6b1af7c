{{ config(
    unique_key=none, incremental_strategy='replace_days', partition_by='event_date', meta={'day': 'event_date'}
) }}

{#- A burst is judged by the failures of the two windows before it, so those before midnight count for the next day. -#}
{% set minutes = var('login_burst_minutes') | int -%}
{% set changed = changed_days([
    {
        'relation': ref('stg_platform__audit_logs'),
        'days': 'select event_date from changed union select cast(event_at + interval ' ~ 2 * minutes
            ~ ' minutes as date) from changed',
    },
    {'relation': ref('int_platform__audit_actors'), 'days': 'select distinct first_seen_date from changed'},
]) -%}

with audit_events as (

    select * from {{ ref('stg_platform__audit_logs') }}
    where
        {{ falls_in('event_date', changed) }}
        or hour(event_at) = 23 and {{ falls_in('date_add(event_date, 1)', changed) }}

),

actions as (

    {{ security_actions() }}

),

named_events as (

    select
        audit_events.*,
        if(actions.kind = 'login', 'failed_login', actions.kind) as kind,
        actions.severity
    from audit_events
    inner join actions using (service_name, action_name)
    where
        case actions.kind
            when 'login' then audit_events.response_status_code between 400 and 499
            when 'read' then coalesce(audit_events.response_status_code, 200) < 400 and audit_events.user_email <> ''
            else true
        end

),

first_time_actors as (

    select * from {{ ref('int_platform__audit_actors') }}
    where {{ falls_in('first_seen_date', changed) }}

),

login_bursts as (

    {{ login_bursts('named_events', minutes, var('login_burst_events')) }}

),

-- The read that reaches the limit is the evidence.
mass_reads as (

    select
        *,
        count(*) over (partition by account_id, user_email, date_trunc('hour', event_at)) as event_count
    from named_events
    where kind = 'read'
    qualify row_number() over (
        partition by account_id, user_email, date_trunc('hour', event_at) order by event_at, record_key
    ) = {{ var('mass_read_events') }}

),

detections as (

    select
        kind,
        severity,
        event_date,
        record_key,
        1 as event_count
    from named_events
    where kind <> 'read'
    union all
    select
        burst_kind as kind,
        'high' as severity,
        event_date,
        record_key,
        event_count
    from login_bursts
    union all
    select
        'mass_read' as kind,
        'high' as severity,
        event_date,
        record_key,
        event_count
    from mass_reads
    union all
    select
        'first_time_actor' as kind,
        'info' as severity,
        first_seen_date as event_date,
        first_record_key as record_key,
        1 as event_count
    from first_time_actors

),

security_detections as (

    select
        left(sha2(to_json(array(kind, record_key)), 256), 32) as detection_key,
        *
    from detections
    where {{ falls_in('event_date', changed) }}

)

select * from security_detections
