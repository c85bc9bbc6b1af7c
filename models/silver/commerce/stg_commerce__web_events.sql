{#- An event is said once; where it is said again with other words, the content decides, and never arrival. -#}
{% set content = ['visitor_id', 'customer_id', 'event_type', 'product_id', 'order_id', 'device', 'referrer'] %}
{{ config(
    partition_by='event_date',
    meta={'merge': {'prune_by': 'event_date', 'newer': precedes([], content)}},
) }}

with arrived as (

    select * from {{ changes(source('commerce', 'web_events')) }}

),

judged as (

    {{ judged('arrived', 'commerce', 'web_events', more_reasons=[
        ["record.event_type not in ('view', 'add_to_cart', 'checkout', 'purchase')", 'unknown_event_type'],
    ]) }}

),

events as (

    select
        record_key,
        record.event_id,
        record.session_id,
        record.visitor_id,
        record.customer_id,
        record.event_type,
        record.product_id,
        record.order_id,
        record.device,
        record.referrer,
        event_at,
        cast(event_at as date) as event_date,
        rescued_fields,
        source_file,
        file_modified_at as landed_at,
        ingested_at
    from judged
    where quarantine_reason is null

),

web_events as (

    select * from events
    {{ first_of_each_record(precedence('events', [], content) ~ ' desc, ingested_at, source_file') }}

)

select * from web_events
