{#- A version is said once; where it is said again with other words, the content decides, and never arrival. -#}
{% set content = ['restaurant_name', 'city', 'latitude', 'longitude', 'cuisine', 'opened_at'] %}
{{ config(meta={'merge': {'newer': precedes([], content)}}) }}

with arrived as (

    select * from {{ changes(source('orders', 'restaurants')) }}

),

judged as (

    {{ judged('arrived', 'orders', 'restaurants') }}

),

versions as (

    select
        record_key,
        record.restaurant_id,
        record.name as restaurant_name,
        record.city,
        record.latitude,
        record.longitude,
        record.cuisine,
        record.opened_at,
        event_at as updated_at,
        rescued_fields,
        source_file,
        file_modified_at as landed_at,
        ingested_at
    from judged
    where quarantine_reason is null

),

restaurant_versions as (

    select * from versions
    {{ first_of_each_record(precedence('versions', [], content) ~ ' desc, ingested_at, source_file') }}

)

select * from restaurant_versions
