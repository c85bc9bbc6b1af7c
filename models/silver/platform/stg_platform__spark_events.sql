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
        coalesce(record.`Stage ID`, record.`Stage Info`.`Stage ID`) as stage_id,
        coalesce(record.`Stage Attempt ID`, record.`Stage Info`.`Stage Attempt ID`) as stage_attempt_id,
        record.`Stage Info`.`Stage Name` as stage_name,
        record.`Stage Info`.`Number of Tasks` as stage_task_count,
        {{ from_epoch_millis('record.`Stage Info`.`Submission Time`') }} as stage_submitted_at,
        {{ from_epoch_millis('record.`Stage Info`.`Completion Time`') }} as stage_completed_at,
        record.`Stage Info`.`Failure Reason` as stage_failure_reason,
        record.`Task End Reason`.reason as task_end_reason,
        record.`Task Info`.failed as is_task_failed,
        case
            when record.`Task Info`.`Finish Time` >= record.`Task Info`.`Launch Time`
                then try_subtract(record.`Task Info`.`Finish Time`, record.`Task Info`.`Launch Time`)
        end as task_ms,
        record.`Task Metrics`.`Memory Bytes Spilled` as memory_bytes_spilled,
        record.`Task Metrics`.`Disk Bytes Spilled` as disk_bytes_spilled,
        record.`Task Metrics`.`Input Metrics`.`Bytes Read` as input_bytes,
        record.`Task Metrics`.`Output Metrics`.`Bytes Written` as output_bytes,
        try_add(
            record.`Task Metrics`.`Shuffle Read Metrics`.`Remote Bytes Read`,
            record.`Task Metrics`.`Shuffle Read Metrics`.`Local Bytes Read`
        ) as shuffle_read_bytes,
        record.`Task Metrics`.`Shuffle Write Metrics`.`Shuffle Bytes Written` as shuffle_write_bytes,
        coalesce(record.`Spark Properties`, record.properties) as properties,
        source_file,
        file_modified_at as landed_at,
        ingested_at
    from first_deliveries

)

select * from spark_events
