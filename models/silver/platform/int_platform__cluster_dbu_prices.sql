{{ config(materialized='view') }}

with usage_records as (

    select * from {{ ref('int_platform__priced_usage_records') }}
    where usage_unit = 'DBU' and cluster_id is not null

),

totals as (

    select
        usage_date,
        workspace_id,
        cluster_id,
        max(cloud) as cloud,
        max(currency_code) as currency_code,
        sum(if(billed_price is null, null, usage_quantity)) as priced_quantity,
        sum(cast(usage_quantity * billed_price as decimal(38, 18))) as billed_cost
    from usage_records
    group by usage_date, workspace_id, cluster_id

),

-- The mean over the SKUs of the day; what has no price has no part in it, and nothing used has no price.
dbu_prices as (

    select
        usage_date,
        workspace_id,
        cluster_id,
        cloud,
        if(priced_quantity > 0, currency_code, null) as currency_code,
        cast(if(priced_quantity > 0, billed_cost / priced_quantity, null) as decimal(16, 10)) as price_per_dbu
    from totals

)

select * from dbu_prices
