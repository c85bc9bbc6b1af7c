{#- What befell alerts: opened, raised, acknowledged, escalated, resolved. The newest 30 days of it, newest first. #}
with newest as (

    select max(occurred_at) as newest_at from {{ source('operations', 'alert_events') }}

),

alert_events as (

    select
        occurred_at,
        event,
        severity,
        rule,
        subject,
        value,
        detail,
        actor
    from {{ source('operations', 'alert_events') }}
    where
        alert_id is not null
        and occurred_at > (select newest.newest_at from newest) - interval 30 days

)

select * from alert_events
order by occurred_at desc, rule asc, subject asc, event asc
