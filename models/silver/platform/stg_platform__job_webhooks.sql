{#- A notification is posted again, for another destination or another attempt: the first that was received holds, in
    whatever order they arrive. It can be of another day than the one known so far, so the merge is not pruned. -#}
{% set clocks = ['-unix_micros(row.received_at)'] %}
{% set content = ['parent_run_id', 'job_id', 'job_name', 'task_key', 'rescued_fields', 'region'] %}
{{ config(partition_by='received_date', meta={'merge': {'newer': precedes(clocks, content)}}) }}

with arrived as (

    select * from {{ changes(source('platform', 'job_webhooks')) }}

),

judged as (

    {{ judged('arrived', 'platform', 'job_webhooks', more_reasons=[
        ["coalesce(record.run.run_id, '') = ''", 'missing_key:run.run_id'],
    ]) }}

),

notifications as (

    select
        record_key,
        {{ key_in_workspace('record.workspace_id', 'record.run.run_id') }} as run_key,
        record.event_type,
        record.workspace_id,
        region,
        record.run.run_id,
        record.run.parent_run_id,
        record.job.job_id,
        record.job.name as job_name,
        record.task.task_key,
        record.received_at,
        cast(record.received_at as date) as received_date,
        rescued_fields,
        source_file,
        file_modified_at as landed_at,
        ingested_at,
        line_hash
    from judged
    where quarantine_reason is null

),

job_webhooks as (

    select * except (line_hash)
    from notifications
    {{ first_of_each_record(
        precedence('notifications', clocks, content) ~ ' desc, ingested_at, source_file, line_hash'
    ) }}

)

select * from job_webhooks
