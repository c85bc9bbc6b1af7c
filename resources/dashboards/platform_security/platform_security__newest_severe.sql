{#- The 100 newest events of severity high of the last seven days: who, where, what, and the evidence. #}
with newest as (

    select max(event_date) as newest_date from {{ ref('ops_security_events') }}

),

security_events as (

    select * from {{ ref('ops_security_events') }}
    where
        event_date > date_sub((select newest.newest_date from newest), 7)
        and severity = 'high'

),

newest_severe as (

    select
        event_at,
        kind,
        user_email,
        source_ip_address,
        workspace_id,
        region,
        service_name,
        action_name,
        request_params,
        response_status_code,
        event_count,
        evidence_record_key
    from security_events

)

select * from newest_severe
order by event_at desc, kind asc, evidence_record_key asc
limit 100
