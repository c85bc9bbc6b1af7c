{#- A later manifest of the same sector takes the place of the earlier one. -#}
{{ config(
    partition_by='sector_date',
    meta={'merge': {'prune_by': 'sector_date', 'newer': 'arrived.emitted_at > kept.emitted_at'}},
) }}

with arrived as (

    select * from {{ changes(source('platform', 'delivery_manifests')) }}

),

judged as (

    {{ judged('arrived', 'platform', 'delivery_manifests', more_reasons=[
        ["record.emitted_at > ingested_at + interval 1 hour", 'future_emitted_at'],
        ["record.complete_through > ingested_at + interval 1 hour", 'future_complete_through'],
    ]) }}

),

newest_manifests as (

    select * from judged
    where quarantine_reason is null
    {{ first_of_each_record('record.emitted_at desc, ingested_at, source_file, line_hash') }}

),

manifests as (

    select
        record_key,
        record.source as source_name,
        record.region,
        record.sector_start as sector_started_at,
        record.sector_end as sector_ended_at,
        cast(record.sector_start as date) as sector_date,
        record.record_count as expected_records,
        record.quantity_sum as expected_quantity,
        record.checksum as expected_checksum,
        size(record.files) as expected_files,
        record.complete_through as complete_through_at,
        record.emitted_at,
        rescued_fields,
        source_file,
        file_modified_at as landed_at,
        ingested_at
    from newest_manifests

)

select * from manifests
