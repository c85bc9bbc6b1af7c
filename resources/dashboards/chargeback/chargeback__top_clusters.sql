{#- The 20 clusters that cost most in the last 30 days, by what they were on the last day that cost. #}
with newest as (

    select max(usage_date) as newest_date from {{ ref('fct_cost_allocation_daily') }}

),

cluster_costs as (

    select
        workspace_id,
        allocated_to as cluster_id,
        currency_code,
        max(usage_date) as last_usage_date,
        sum(usage_quantity) filter (where usage_unit = 'DBU') as dbu_quantity,
        sum(billed_cost) as billed_cost
    from {{ ref('fct_cost_allocation_daily') }}
    where
        usage_date > date_sub((select newest.newest_date from newest), 30)
        and allocation_kind = 'cluster'
        and is_allocated
    group by workspace_id, allocated_to, currency_code
    order by billed_cost desc nulls last
    limit 20

),

-- The version that held when that day ended.
top_clusters as (

    select
        cluster_costs.workspace_id,
        cluster_costs.cluster_id,
        clusters.cluster_name,
        clusters.owned_by,
        clusters.worker_node_type,
        clusters.max_autoscale_workers,
        cluster_costs.last_usage_date,
        cluster_costs.dbu_quantity,
        cluster_costs.currency_code,
        cluster_costs.billed_cost
    from cluster_costs
    left join {{ ref('dim_clusters') }} as clusters
        on
            cluster_costs.workspace_id = clusters.workspace_id
            and cluster_costs.cluster_id = clusters.cluster_id
            and clusters.valid_from_at < date_add(cluster_costs.last_usage_date, 1)
            and clusters.valid_to_at >= date_add(cluster_costs.last_usage_date, 1)

)

select * from top_clusters
order by billed_cost desc nulls last, workspace_id asc, cluster_id asc
