{{ config(partition_by='event_date', meta={'day': 'event_date'}) }}

{% set changed = changed_days([
    {'relation': ref('stg_platform__audit_logs'), 'days': 'select distinct event_date from changed'},
    {'relation': ref('int_platform__time_sectors'), 'days': days_with_new_flags(['audit_logs'])},
]) -%}

with audit_events as (

    select * from {{ ref('stg_platform__audit_logs') }}
    where {{ falls_in('event_date', changed) }}

),

completeness as (

    select * from {{ ref('int_platform__source_hours') }}
    where source_name = 'audit_logs' and {{ falls_in('sector_date', changed) }}

),

hourly as (

    select
        event_date,
        date_trunc('hour', event_at) as event_hour_at,
        region,
        service_name,
        action_name,
        count(*) as event_count,
        count_if(response_status_code >= 400) as failed_count,
        count(distinct user_email) as user_count
    from audit_events
    group by all

),

activity as (

    select
        hourly.*,
        {{ ledger_flags('completeness') }}
    from hourly
    left join completeness on hourly.event_hour_at = completeness.sector_started_at

)

select * from activity
