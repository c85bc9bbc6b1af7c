{#- An order goes on: how far it has come decides which of its records holds, by its status and then by its times, then
    the content, never arrival. -#}
{% set statuses = [
    'created', 'approved', 'processing', 'invoiced', 'shipped', 'delivered', 'unavailable', 'canceled',
] %}
{% set progress = [
    "array_position(array('" ~ statuses | join("', '") ~ "'), row.order_status)",
    'row.delivered_at', 'row.shipped_at', 'row.approved_at',
] %}
{% set content = ['order_status', 'promised_at', 'customer_id'] %}
{{ config(
    liquid_clustered_by='order_date',
    meta={'merge': {'prune_by': 'order_date', 'newer': precedes(progress, content)}},
) }}

with arrived as (

    select * from {{ changes(source('commerce', 'marketplace_orders')) }}

),

judged as (

    {{ judged('arrived', 'commerce', 'marketplace_orders', more_reasons=[
        ['record.order_delivered_customer_date < record.order_purchase_timestamp', 'end_before_start'],
    ]) }}

),

states as (

    select
        record_key,
        record.order_id,
        record.customer_id,
        record.order_status,
        event_at as ordered_at,
        cast(event_at as date) as order_date,
        record.order_approved_at as approved_at,
        record.order_delivered_carrier_date as shipped_at,
        record.order_delivered_customer_date as delivered_at,
        record.order_estimated_delivery_date as promised_at,
        rescued_fields,
        source_file,
        file_modified_at as landed_at,
        ingested_at
    from judged
    where quarantine_reason is null

),

orders as (

    select * from states
    {{ first_of_each_record(precedence('states', progress, content) ~ ' desc, ingested_at, source_file') }}

)

select * from orders
