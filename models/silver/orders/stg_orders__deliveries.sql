{#- A delivery goes on: how far it has come decides which of its records holds, then the content, never arrival. -#}
{% set progress = ['delivered_at', 'picked_up_at', 'delivery_status', 'promised_at', 'rider_id'] %}
{{ config(
    partition_by='promised_date',
    meta={'merge': {
        'prune_by': 'promised_date',
        'newer': 'struct(arrived.' ~ progress | join(', arrived.') ~ ') > struct(kept.' ~ progress | join(', kept.') ~ ')',
    }},
) }}

with arrived as (

    select * from {{ changes(source('orders', 'deliveries')) }}

),

judged as (

    {{ judged('arrived', 'orders', 'deliveries', more_reasons=[
        ['record.delivered_at < record.picked_up_at', 'end_before_start'],
    ]) }}

),

states as (

    select
        record_key,
        record.delivery_id,
        record.order_id,
        record.restaurant_id,
        record.rider_id,
        event_at as promised_at,
        cast(event_at as date) as promised_date,
        record.picked_up_at,
        record.delivered_at,
        record.status as delivery_status,
        rescued_fields,
        source_file,
        file_modified_at as landed_at,
        ingested_at
    from judged
    where quarantine_reason is null

),

deliveries as (

    select * from states
    {{ first_of_each_record('struct(' ~ progress | join(', ') ~ ') desc, ingested_at, source_file') }}

)

select * from deliveries
