{#- Where two events share cluster, type and millisecond, the content decides which one stands, never arrival. -#}
{{ config(
    partition_by='event_date',
    meta={'merge': {
        'prune_by': 'event_date',
        'newer': "coalesce(arrived.details, '') > coalesce(kept.details, '')",
    }},
) }}

with arrived as (

    select * from {{ changes(source('platform', 'cluster_events')) }}

),

judged as (

    {{ judged('arrived', 'platform', 'cluster_events') }}

),

first_deliveries as (

    select * from judged
    where quarantine_reason is null
    {{ first_of_each_record("coalesce(to_json(record.details), '') desc, ingested_at, source_file, line_hash") }}

),

cluster_events as (

    select
        record_key,
        record.workspace_id,
        region,
        record.cluster_id,
        record.type as event_type,
        event_at,
        cast(event_at as date) as event_date,
        record.details.current_num_workers as current_worker_count,
        coalesce(
            record.details.target_num_workers,
            record.details.cluster_size.num_workers,
            record.details.cluster_size.autoscale.min_workers
        ) as target_worker_count,
        record.details.cause,
        record.details.reason.code as termination_code,
        record.details.reason.type as termination_type,
        record.details.user as user_name,
        to_json(record.details) as details,
        rescued_fields,
        source_file,
        file_modified_at as landed_at,
        ingested_at
    from first_deliveries

)

select * from cluster_events
