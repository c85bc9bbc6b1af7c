{#- Orders of the newest seven days of alerts that look like frauds, the newest first, with the rules that say so. #}
with newest as (

    select max(order_date) as newest_date from {{ ref('ops_fraud_alerts') }}

),

fraud_alerts as (

    select
        severity,
        order_at,
        order_id,
        user_id,
        city,
        amount,
        score,
        array_join(transform(reasons, reason -> reason.rule), ', ') as rules,
        is_partial
    from {{ ref('ops_fraud_alerts') }}
    where order_date > date_sub((select newest.newest_date from newest), 7)

)

select * from fraud_alerts
order by order_at desc, order_id asc
