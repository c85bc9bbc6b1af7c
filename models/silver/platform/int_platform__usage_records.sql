{{ config(materialized='view') }}

with system_table_records as (

    select * from {{ ref('stg_platform__billing_usage') }}

),

delivered_rows as (

    select * from {{ ref('stg_platform__billable_usage') }}

),

workspace_regions as (

    select * from {{ ref('int_platform__workspace_regions') }}

),

delivered as (

    select
        record_key,
        record_id,
        'billing_usage' as source_name,
        account_id,
        workspace_id,
        cloud,
        region,
        sku_name,
        usage_unit,
        usage_quantity,
        record_type,
        billing_origin_product,
        usage_started_at,
        usage_ended_at,
        usage_date,
        cluster_id,
        warehouse_id,
        job_id,
        job_run_id,
        node_type,
        run_as,
        owned_by,
        custom_tags,
        coalesce(try_cast(product_features['is_serverless'] as boolean), false) as is_serverless,
        source_file,
        ingested_at
    from system_table_records

    union all

    -- The CSV delivery exists on AWS only, counts DBUs only, and rewrites a row instead of correcting it.
    select
        record_key,
        record_key as record_id,
        'billable_usage' as source_name,
        cast(null as string) as account_id,
        workspace_id,
        'AWS' as cloud,
        region,
        sku_name,
        'DBU' as usage_unit,
        usage_quantity,
        'ORIGINAL' as record_type,
        cast(null as string) as billing_origin_product,
        usage_started_at,
        usage_ended_at,
        usage_date,
        cluster_id,
        cast(null as string) as warehouse_id,
        cast(null as string) as job_id,
        cast(null as string) as job_run_id,
        node_type,
        cast(null as string) as run_as,
        cast(null as string) as owned_by,
        custom_tags,
        false as is_serverless,
        source_file,
        ingested_at
    from delivered_rows

),

usage_records as (

    select
        delivered.* except (region),
        coalesce(workspace_regions.region, delivered.region) as region
    from delivered
    left join workspace_regions on delivered.workspace_id = workspace_regions.workspace_id

)

select * from usage_records
