{{ config(partition_by='usage_date', meta={'merge': {'prune_by': 'usage_date'}}) }}

with arrived as (

    select * from {{ changes(source('platform', 'billing_usage')) }}

),

judged as (

    {{ judged('arrived', 'platform', 'billing_usage', more_reasons=[
        ['record.usage_end_time < record.usage_start_time', 'end_before_start'],
        ["record.record_type <> 'RETRACTION' and record.usage_quantity < 0", 'negative_quantity'],
        ["record.record_type = 'RETRACTION' and record.usage_quantity > 0", 'positive_retraction'],
        ['record.usage_date <> cast(record.usage_start_time as date)', 'usage_date_differs'],
    ]) }}

),

first_deliveries as (

    select * from judged
    where quarantine_reason is null
    {{ first_of_each_record() }}

),

usage_records as (

    select
        record_key,
        record.record_id,
        record.account_id,
        record.workspace_id,
        record.cloud,
        region,
        record.sku_name,
        record.usage_unit,
        record.usage_quantity,
        record.record_type,
        record.billing_origin_product,
        record.usage_type,
        record.usage_start_time as usage_started_at,
        record.usage_end_time as usage_ended_at,
        record.usage_date,
        record.ingestion_date,
        record.usage_metadata['cluster_id'] as cluster_id,
        record.usage_metadata['warehouse_id'] as warehouse_id,
        record.usage_metadata['job_id'] as job_id,
        record.usage_metadata['job_run_id'] as job_run_id,
        record.usage_metadata['node_type'] as node_type,
        record.identity_metadata.run_as,
        record.identity_metadata.owned_by,
        record.custom_tags,
        record.usage_metadata,
        record.product_features,
        rescued_fields,
        source_file,
        file_modified_at as landed_at,
        ingested_at
    from first_deliveries

)

select * from usage_records
