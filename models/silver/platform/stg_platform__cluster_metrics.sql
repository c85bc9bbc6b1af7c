{{ config(partition_by='metric_date', meta={'merge': {'prune_by': 'metric_date'}}) }}

with arrived as (

    select * from {{ changes(source('platform', 'cluster_metrics')) }}

),

judged as (

    {{ judged('arrived', 'platform', 'cluster_metrics', more_reasons=[
        ['record.end_time < record.start_time', 'end_before_start'],
    ]) }}

),

first_deliveries as (

    select * from judged
    where quarantine_reason is null
    {{ first_of_each_record() }}

),

cluster_metrics as (

    select
        record_key,
        record.account_id,
        record.workspace_id,
        region,
        record.cluster_id,
        record.instance_id,
        record.node_type,
        record.driver as is_driver,
        record.start_time as started_at,
        record.end_time as ended_at,
        cast(record.start_time as date) as metric_date,
        record.cpu_user_percent,
        record.cpu_system_percent,
        record.cpu_wait_percent,
        record.mem_used_percent,
        record.mem_swap_percent,
        record.network_sent_bytes,
        record.network_received_bytes,
        rescued_fields,
        source_file,
        file_modified_at as landed_at,
        ingested_at
    from first_deliveries

)

select * from cluster_metrics
