{{ config(partition_by='order_date', meta={'merge': {'prune_by': 'order_date'}}) }}

with arrived as (

    select * from {{ changes(source('orders', 'orders')) }}

),

judged as (

    {{ judged('arrived', 'orders', 'orders', more_reasons=[
        ['record.schema_version not between 1 and ' ~ var('orders_newest_schema_version'), 'unknown_schema_version'],
        ['record.price <= 0', 'price_not_positive'],
        ['record.quantity <= 0', 'quantity_not_positive'],
        ["record.order_time < timestamp'2020-01-01'", 'order_time_too_old'],
    ]) }}

),

-- Messages of a customer are in one partition: offsets say which came first.
first_messages as (

    select * from judged
    where quarantine_reason is null
    {{ first_of_each_record('ingested_at, kafka_offset nulls last, line_hash') }}

),

placed_orders as (

    select
        record_key,
        record.order_id,
        record.user_id,
        record.dish_id,
        record.restaurant_id,
        record.category,
        record.price,
        record.quantity,
        {{ order_amount('record.price', 'record.quantity') }} as amount,
        event_at as order_at,
        cast(event_at as date) as order_date,
        record.city,
        record.latitude,
        record.longitude,
        record.payment_method,
        record.card_id,
        record.device_id,
        coalesce(record.message, '') as message,
        record.schema_version,
        region,
        rescued_fields,
        kafka_partition,
        kafka_offset,
        source_file,
        file_modified_at as landed_at,
        ingested_at
    from first_messages

)

select * from placed_orders
