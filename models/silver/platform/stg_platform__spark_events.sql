{{ config(meta={'merge': {'prune_by': 'log_folder'}}) }}

with arrived as (

    select * from {{ changes(source('platform', 'spark_events')) }}

),

judged as (

    {{ judged('arrived', 'platform', 'spark_events') }}

),

first_deliveries as (

    select * from judged
    where quarantine_reason is null
    {{ first_of_each_record() }}

),

spark_events as (

    select
        record_key,
        region,
        {{ file_folder() }} as log_folder,
        element_at(split(record.event, '[.]'), -1) as event_type,
        event_at,
        record.`App ID` as app_id,
        record.`App Name` as app_name,
        record.`Job ID` as job_id,
        record.`Job Result`.result as job_result,
        size(record.`Stage IDs`) as stage_count,
        coalesce(record.`Spark Properties`, record.properties) as properties,
        source_file,
        file_modified_at as landed_at,
        ingested_at
    from first_deliveries

)

select * from spark_events
