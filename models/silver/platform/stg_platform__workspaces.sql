{#- The newest snapshot of a workspace holds, in whatever order snapshots arrive; of two that differ and bear the
    same time, the content decides, so that arrival never does. -#}
{% set content = ['account_id', 'workspace_name', 'workspace_url', 'status', 'created_at', 'rescued_fields'] %}
{{ config(meta={'merge': {
    'newer': 'struct(arrived.snapshot_at, arrived.' ~ content | join(', arrived.') ~ ') > struct(kept.snapshot_at, kept.'
        ~ content | join(', kept.') ~ ')',
}}) }}

with arrived as (

    select * from {{ changes(source('platform', 'workspaces')) }}

),

judged as (

    {{ judged('arrived', 'platform', 'workspaces') }}

),

snapshots as (

    select
        record_key,
        record.account_id,
        record.workspace_id,
        region,
        record.workspace_name,
        record.workspace_url,
        record.status,
        record.create_time as created_at,
        record.snapshot_time as snapshot_at,
        rescued_fields,
        source_file,
        file_modified_at as landed_at,
        ingested_at,
        line_hash
    from judged
    where quarantine_reason is null

),

workspaces as (

    select * except (line_hash)
    from snapshots
    {{ first_of_each_record(
        'struct(snapshot_at, ' ~ content | join(', ') ~ ') desc, ingested_at, source_file, line_hash'
    ) }}

)

select * from workspaces
