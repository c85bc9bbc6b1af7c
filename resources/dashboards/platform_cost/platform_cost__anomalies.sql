{#- Days of the last 14 on which a product of a workspace cost more or less than it uses to, furthest off first. #}
with newest as (

    select max(usage_date) as newest_date from {{ ref('ops_spend_daily') }}

),

spend_daily as (

    select * from {{ ref('ops_spend_daily') }}
    where
        usage_date > date_sub((select newest.newest_date from newest), 14)
        and is_anomaly

),

anomalies as (

    select
        usage_date,
        source_name,
        workspace_id,
        billing_origin_product,
        currency_code,
        billed_cost,
        mean_cost,
        billed_cost - mean_cost as excess_cost,
        z_score,
        is_partial
    from spend_daily

)

select * from anomalies
order by abs(z_score) desc, usage_date desc, workspace_id asc, billing_origin_product asc
limit 50
