{#- A stage's tasks end in many events, sometimes in several files: the stages of a folder with new events are made
    again, the others are not read. -#}
{{ config(unique_key='stage_key', meta={'merge': {'prune_by': 'log_folder', 'newer': 'true'}}) }}

{% set changed = changed_days([
    {'relation': ref('stg_platform__spark_events'), 'days': 'select distinct log_folder from changed'},
]) -%}

with stage_events as (

    select * from {{ ref('stg_platform__spark_events') }}
    where
        event_type in ('SparkListenerStageSubmitted', 'SparkListenerStageCompleted', 'SparkListenerTaskEnd')
        and stage_id is not null
        and {{ falls_in('log_folder', changed) }}

),

measured as (

    select
        log_folder,
        stage_id,
        coalesce(stage_attempt_id, 0) as stage_attempt_id,
        min(region) as region,
        max(stage_name) as stage_name,
        min(stage_submitted_at) as submitted_at,
        max(stage_completed_at) as completed_at,
        max(stage_failure_reason) as failure_reason,
        max(stage_task_count) as planned_task_count,
        count_if(event_type = 'SparkListenerTaskEnd') as task_count,
        count_if(is_task_failed) as failed_task_count,
        coalesce(try_sum(task_ms), 0) as task_ms,
        max(task_ms) as max_task_ms,
        percentile(task_ms, 0.5) as median_task_ms,
        coalesce(try_sum(memory_bytes_spilled), 0) as memory_bytes_spilled,
        coalesce(try_sum(disk_bytes_spilled), 0) as disk_bytes_spilled,
        coalesce(try_sum(input_bytes), 0) as input_bytes,
        coalesce(try_sum(output_bytes), 0) as output_bytes,
        coalesce(try_sum(shuffle_read_bytes), 0) as shuffle_read_bytes,
        coalesce(try_sum(shuffle_write_bytes), 0) as shuffle_write_bytes
    from stage_events
    group by log_folder, stage_id, coalesce(stage_attempt_id, 0)

),

stages as (

    select
        left(sha2(to_json(array(
            log_folder, cast(stage_id as string), cast(stage_attempt_id as string)
        )), 256), 32) as stage_key,
        log_folder,
        stage_id,
        stage_attempt_id,
        region,
        stage_name,
        submitted_at,
        completed_at,
        failure_reason,
        planned_task_count,
        task_count,
        failed_task_count,
        cast(task_ms / 1000 as decimal(20, 3)) as task_seconds,
        cast(max_task_ms / 1000 as decimal(20, 3)) as max_task_seconds,
        cast(median_task_ms / 1000 as decimal(20, 4)) as median_task_seconds,
        cast(max_task_ms / nullif(median_task_ms, 0) as decimal(20, 2)) as skew_ratio,
        memory_bytes_spilled,
        disk_bytes_spilled,
        input_bytes,
        output_bytes,
        shuffle_read_bytes,
        shuffle_write_bytes
    from measured

)

select * from stages
