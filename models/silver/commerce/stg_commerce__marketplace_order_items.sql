{#- No record has a clock: where two do not say the same, the content decides, and never arrival. -#}
{% set content = ['product_id', 'seller_id', 'shipping_limit_at', 'price', 'freight'] %}
{{ config(meta={'merge': {'newer': precedes([], content)}}) }}

with arrived as (

    select * from {{ changes(source('commerce', 'marketplace_order_items')) }}

),

judged as (

    {{ judged('arrived', 'commerce', 'marketplace_order_items', more_reasons=[
        ['record.price < 0', 'price_negative'],
        ['record.freight_value < 0', 'freight_negative'],
    ]) }}

),

pieces as (

    select
        record_key,
        record.order_id,
        record.order_item_id as order_item_number,
        record.product_id,
        record.seller_id,
        record.shipping_limit_date as shipping_limit_at,
        record.price,
        record.freight_value as freight,
        rescued_fields,
        source_file,
        file_modified_at as landed_at,
        ingested_at
    from judged
    where quarantine_reason is null

),

order_items as (

    select * from pieces
    {{ first_of_each_record(precedence('pieces', [], content) ~ ' desc, ingested_at, source_file') }}

)

select * from order_items
