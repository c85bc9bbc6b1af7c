{#- Every version is kept. Where the same version comes twice and not alike, the one that knows the deletion holds. -#}
{% set clocks = ['row.deleted_at'] %}
{% set content = [
    'account_id', 'job_name', 'description', 'creator_id', 'run_as', 'tags', 'trigger_type', 'is_paused',
    'timeout_seconds', 'created_at', 'rescued_fields', 'region',
] %}
{{ config(meta={'merge': {'newer': precedes(clocks, content)}}) }}

with arrived as (

    select * from {{ changes(source('platform', 'jobs')) }}

),

judged as (

    {{ judged('arrived', 'platform', 'jobs') }}

),

versions as (

    select
        record_key,
        record.account_id,
        record.workspace_id,
        region,
        record.job_id,
        record.name as job_name,
        record.description,
        record.creator_id,
        record.run_as,
        record.tags,
        record.trigger_type,
        record.paused as is_paused,
        record.timeout_seconds,
        record.create_time as created_at,
        record.change_time as changed_at,
        record.delete_time as deleted_at,
        rescued_fields,
        source_file,
        file_modified_at as landed_at,
        ingested_at,
        line_hash
    from judged
    where quarantine_reason is null

),

jobs as (

    select * except (line_hash)
    from versions
    {{ first_of_each_record(precedence('versions', clocks, content) ~ ' desc, ingested_at, source_file, line_hash') }}

)

select * from jobs
