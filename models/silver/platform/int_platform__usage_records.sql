{{ config(materialized='view') }}

with system_table_records as (

    select * from {{ ref('stg_platform__billing_usage') }}

),

delivered_rows as (

    select * from {{ ref('stg_platform__billable_usage') }}

),

usage_records as (

    select
        record_key,
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
        custom_tags,
        ingested_at
    from system_table_records

    union all

    -- The CSV delivery exists on AWS only, counts DBUs only, and rewrites a row instead of correcting it.
    select
        record_key,
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
        custom_tags,
        ingested_at
    from delivered_rows

)

select * from usage_records
