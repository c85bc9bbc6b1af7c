{#- What the last seven days say could be saved: clusters and kinds by money, with the advice of their newest day. #}
with newest as (

    select max(recommendation_date) as newest_date from {{ ref('ops_compute_recommendations') }}

),

recommendations as (

    select * from {{ ref('ops_compute_recommendations') }}
    where
        recommendation_date > date_sub((select newest.newest_date from newest), 7)

),

savings as (

    select
        workspace_id,
        cluster_id,
        kind,
        count(*) as day_count,
        max_by(recommendation, recommendation_date) as recommendation,
        sum(saved_node_hours) as saved_node_hours,
        sum(saved_dbus) as saved_dbus,
        sum(saved_amount) as saved_amount,
        max(currency_code) as currency_code,
        bool_or(is_partial) as is_partial
    from recommendations
    group by workspace_id, cluster_id, kind

)

select * from savings
order by saved_amount desc nulls last, saved_node_hours desc, workspace_id asc, cluster_id asc, kind asc
limit 50
