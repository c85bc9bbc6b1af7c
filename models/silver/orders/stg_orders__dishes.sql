{#- A version is said once; where it is said again with other words, the content decides, and never arrival. -#}
{% set content = ['restaurant_id', 'dish_name', 'category', 'list_price'] %}
{{ config(meta={'merge': {'newer': precedes([], content)}}) }}

with arrived as (

    select * from {{ changes(source('orders', 'dishes')) }}

),

judged as (

    {{ judged('arrived', 'orders', 'dishes') }}

),

versions as (

    select
        record_key,
        record.dish_id,
        record.restaurant_id,
        record.name as dish_name,
        record.category,
        record.list_price,
        event_at as updated_at,
        rescued_fields,
        source_file,
        file_modified_at as landed_at,
        ingested_at
    from judged
    where quarantine_reason is null

),

dish_versions as (

    select * from versions
    {{ first_of_each_record(precedence('versions', [], content) ~ ' desc, ingested_at, source_file') }}

)

select * from dish_versions
