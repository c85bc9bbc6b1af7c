{#- Customers whose orders look like frauds, those with most at stake first. #}
with flagged_customers as (

    select
        user_id,
        alert_count,
        severe_count,
        score,
        amount_at_stake,
        array_join(rules, ', ') as rules,
        first_alert_at,
        last_alert_at,
        is_partial
    from {{ ref('ops_flagged_customers') }}

)

select * from flagged_customers
order by amount_at_stake desc, user_id asc
