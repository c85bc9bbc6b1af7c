{#- A slice that comes again with a later end holds: the other alignment may cut it shorter, and a running run longer.
    Then the one that knows the result holds. -#}
{% set clocks = ['row.period_ended_at', 'row.result_state'] %}
{% set content = [
    'account_id', 'job_id', 'run_type', 'run_name', 'trigger_type', 'compute_ids', 'termination_code',
    'termination_type', 'job_parameters', 'queue_seconds', 'setup_seconds', 'execution_seconds', 'rescued_fields',
    'region',
] %}
{{ config(
    partition_by='period_date',
    meta={'merge': {'prune_by': 'period_date', 'newer': precedes(clocks, content)}},
) }}

with arrived as (

    select * from {{ changes(source('platform', 'job_runs')) }}

),

judged as (

    {{ judged('arrived', 'platform', 'job_runs', more_reasons=[
        ['record.period_end_time < record.period_start_time', 'end_before_start'],
    ]) }}

),

slices as (

    select
        record_key,
        {{ key_in_workspace('record.workspace_id', 'record.run_id') }} as run_key,
        record.account_id,
        record.workspace_id,
        region,
        record.job_id,
        record.run_id,
        record.run_type,
        record.run_name,
        record.trigger_type,
        {{ slice_compute_ids() }} as compute_ids,
        {{ system_result_state('record.result_state') }} as result_state,
        record.termination_code,
        record.termination_type,
        record.job_parameters,
        record.queue_duration_seconds as queue_seconds,
        record.setup_duration_seconds as setup_seconds,
        record.execution_duration_seconds as execution_seconds,
        record.period_start_time as period_started_at,
        record.period_end_time as period_ended_at,
        cast(record.period_start_time as date) as period_date,
        rescued_fields,
        source_file,
        file_modified_at as landed_at,
        ingested_at,
        line_hash
    from judged
    where quarantine_reason is null

),

job_runs as (

    select * except (line_hash)
    from slices
    {{ first_of_each_record(precedence('slices', clocks, content) ~ ' desc, ingested_at, source_file, line_hash') }}

)

select * from job_runs
