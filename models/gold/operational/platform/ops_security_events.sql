{{ config(partition_by='event_date', meta={'day': 'event_date'}) }}

{% set changed = changed_days([
    {'relation': ref('int_platform__security_detections'), 'days': 'select distinct event_date from changed'},
    {'relation': ref('int_platform__time_sectors'), 'days': days_with_new_flags(['audit_logs'])},
]) -%}

with detections as (

    select * from {{ ref('int_platform__security_detections') }}
    where {{ falls_in('event_date', changed) }}

),

audit_events as (

    select * from {{ ref('stg_platform__audit_logs') }}
    where {{ falls_in('event_date', changed) }}

),

completeness as (

    select * from {{ ref('int_platform__source_hours') }}
    where source_name = 'audit_logs' and {{ falls_in('sector_date', changed) }}

),

security_events as (

    select
        detections.detection_key,
        detections.event_date,
        audit_events.event_at,
        detections.kind,
        detections.severity,
        audit_events.account_id,
        audit_events.workspace_id,
        audit_events.region,
        audit_events.user_email,
        audit_events.source_ip_address,
        audit_events.service_name,
        audit_events.action_name,
        audit_events.request_params,
        audit_events.response_status_code,
        detections.event_count,
        detections.record_key as evidence_record_key
    from detections
    inner join audit_events using (event_date, record_key)

),

flagged as (

    select
        security_events.*,
        {{ ledger_flags('completeness') }}
    from security_events
    left join completeness on date_trunc('hour', security_events.event_at) = completeness.sector_started_at

)

select * from flagged
