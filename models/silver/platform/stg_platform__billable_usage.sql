{#- The month's file is written again every day: its newest delivery holds, and what that lacks is gone. -#}
{{ config(
    partition_by='usage_date',
    meta={'merge': {
        'prune_by': 'usage_date',
        'newer': 'arrived.landed_at > kept.landed_at',
        'whole': {'of': 'source_file', 'at': 'landed_at'},
    }},
) }}

with arrived as (

    select * from {{ changes(source('platform', 'billable_usage')) }}

),

judged as (

    {{ judged('arrived', 'platform', 'billable_usage', more_reasons=[
        ['record.dbus < 0', 'negative_quantity'],
    ]) }}

),

newest_files as (

    select * from judged
    qualify file_modified_at = max(file_modified_at) over (partition by source_file)

),

newest_deliveries as (

    select * from newest_files
    where quarantine_reason is null
    {{ first_of_each_record('file_modified_at desc, ingested_at desc, source_file, line_hash') }}

),

usage_rows as (

    select
        record_key,
        record.workspaceid as workspace_id,
        region,
        record.sku as sku_name,
        record.dbus as usage_quantity,
        record.machinehours as machine_hours,
        date_trunc('hour', record.timestamp) as usage_started_at,
        date_trunc('hour', record.timestamp) + interval 1 hour as usage_ended_at,
        cast(record.timestamp as date) as usage_date,
        record.clusterid as cluster_id,
        record.clustername as cluster_name,
        record.clusternodetype as node_type,
        record.clusterowneruserid as cluster_owner_user_id,
        from_json(record.clustercustomtags, 'map<string,string>') as custom_tags,
        rescued_fields,
        source_file,
        file_modified_at as landed_at,
        ingested_at
    from newest_deliveries

)

select * from usage_rows
