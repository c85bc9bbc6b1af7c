{#- A view over alerts, which are few: a customer whose last alert is gone is gone with it. -#}
{{ config(materialized='view') }}

with alerts as (

    select * from {{ ref('ops_fraud_alerts') }}

),

customers as (

    select
        user_id,
        count(*) as alert_count,
        count_if(severity = 'high') as severe_count,
        max(score) as score,
        cast(sum(amount) as decimal(38, 2)) as amount_at_stake,
        min(order_at) as first_alert_at,
        max(order_at) as last_alert_at,
        array_sort(array_distinct(flatten(collect_list(reasons.rule)))) as rules,
        array_sort(collect_list(order_id)) as order_ids
    from alerts
    group by user_id

),

regions as (

    {{ region_watermarks() }}

),

flagged_customers as (

    select
        customers.*,
        {{ order_flags(lately()) }}
    from customers
    cross join regions

)

select * from flagged_customers
