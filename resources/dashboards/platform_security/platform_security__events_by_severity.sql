{#- Security events of each of the last 30 days by severity and kind. #}
with newest as (

    select max(event_date) as newest_date from {{ ref('ops_security_events') }}

),

security_events as (

    select * from {{ ref('ops_security_events') }}
    where event_date > date_sub((select newest.newest_date from newest), 30)

),

events_by_severity as (

    select
        event_date,
        severity,
        kind,
        count(*) as detection_count,
        sum(event_count) as event_count,
        bool_or(is_partial) as is_partial
    from security_events
    group by event_date, severity, kind

)

select * from events_by_severity
order by event_date, severity, kind
