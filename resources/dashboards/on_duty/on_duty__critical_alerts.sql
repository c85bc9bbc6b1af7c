{#- What somebody has to look at, high and critical, over every domain: one row for each kind and subject, with where to
    read on. -#}
with pipeline as (

    {{ duty_steps() }}

),

anomalies as (

    {{ duty_anomalies() }}

),

frauds as (

    select * from {{ as_built(ref('ops_fraud_alerts')) }}
    where severity = 'high' and {{ duty_recent(ref('ops_fraud_alerts'), 'order_date') }}

),

security_events as (

    select * from {{ as_built(ref('ops_security_events')) }}
    where severity = 'high' and {{ duty_recent(ref('ops_security_events'), 'event_date') }}

),

alerts as (

    select
        severity,
        'all' as domain,
        'pipeline' as kind,
        step as subject,
        last_run_at as newest_at,
        failed_count as alert_count,
        message as detail,
        'operations.platform_logs' as read_on
    from pipeline

    union all

    select
        severity,
        domain,
        'anomaly' as kind,
        concat_ws(' ', series, metric) as subject,
        cast(day as timestamp) as newest_at,
        1 as alert_count,
        explanation as detail,
        'on_duty__recent_anomalies' as read_on
    from anomalies

    union all

    select
        'HIGH' as severity,
        'orders' as domain,
        'fraud' as kind,
        city as subject,
        max(order_at) as newest_at,
        count(*) as alert_count,
        concat('Orders of ', sum(amount), ' look like frauds.') as detail,
        'gold_operational.ops_fraud_alerts' as read_on
    from frauds
    group by city

    union all

    select
        'HIGH' as severity,
        'platform' as domain,
        'security' as kind,
        kind as subject,
        max(event_at) as newest_at,
        count(*) as alert_count,
        concat('Users: ', array_join(array_sort(collect_set(user_email)), ', ')) as detail,
        'gold_operational.ops_security_events' as read_on
    from security_events
    group by kind

    union all

    select
        'HIGH' as severity,
        'platform' as domain,
        'billing break' as kind,
        break_type as subject,
        -- A rejected line may name any day, one to come, too.
        cast(max(least(usage_date, current_date())) as timestamp) as newest_at,
        count(*) as alert_count,
        min(detail) as detail,
        'gold_billing.fct_billing_breaks' as read_on
    from {{ as_built(ref('fct_billing_breaks')) }}
    group by break_type

    union all

    select
        if(verdict = 'worse_than_baseline', 'CRITICAL', 'HIGH') as severity,
        'commerce' as domain,
        'model' as kind,
        concat_ws(' ', model, shop) as subject,
        trained_at as newest_at,
        1 as alert_count,
        verdict_reason as detail,
        'on_duty__model_health' as read_on
    from {{ as_built(ref('ops_model_health')) }}
    where verdict in ('drifted', 'worse_than_baseline')

)

select * from alerts
where severity in ('HIGH', 'CRITICAL')
order by {{ severity_rank() }}, newest_at desc, kind asc, subject asc
