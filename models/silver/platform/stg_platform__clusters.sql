{#- A version is said once; where it is said again with other words, the one that knows the deletion holds, then the
    content decides, so that arrival never does. -#}
{% set content = [
    'cluster_name', 'owned_by', 'driver_node_type', 'worker_node_type', 'worker_count', 'min_autoscale_workers',
    'max_autoscale_workers', 'auto_termination_minutes', 'cluster_source', 'dbr_version', 'data_security_mode',
    'policy_id', 'tags', 'created_at', 'rescued_fields'
] %}
{{ config(meta={'merge': {
    'newer': 'struct(arrived.deleted_at, to_json(struct(arrived.' ~ content | join(', arrived.') ~ ')))'
        ~ ' > struct(kept.deleted_at, to_json(struct(kept.' ~ content | join(', kept.') ~ ')))',
}}) }}

with arrived as (

    select * from {{ changes(source('platform', 'clusters')) }}

),

judged as (

    {{ judged('arrived', 'platform', 'clusters', more_reasons=[
        ['record.delete_time < record.create_time', 'end_before_start'],
    ]) }}

),

versions as (

    select
        record_key,
        record.account_id,
        record.workspace_id,
        region,
        record.cluster_id,
        record.cluster_name,
        record.owned_by,
        record.driver_node_type,
        record.worker_node_type,
        record.worker_count,
        record.min_autoscale_workers,
        record.max_autoscale_workers,
        record.auto_termination_minutes,
        record.cluster_source,
        record.dbr_version,
        record.data_security_mode,
        record.policy_id,
        record.tags,
        record.create_time as created_at,
        record.delete_time as deleted_at,
        record.change_time as changed_at,
        rescued_fields,
        source_file,
        file_modified_at as landed_at,
        ingested_at,
        line_hash
    from judged
    where quarantine_reason is null

),

cluster_versions as (

    select * except (line_hash)
    from versions
    {{ first_of_each_record(
        'struct(deleted_at, to_json(struct(' ~ content | join(', ') ~ '))) desc, ingested_at, source_file, line_hash'
    ) }}

)

select * from cluster_versions
