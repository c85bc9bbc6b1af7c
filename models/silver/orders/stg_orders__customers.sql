{#- A version is said once; where it is said again with other words, the content decides, and never arrival. -#}
{% set content = ['customer_name', 'email', 'city', 'latitude', 'longitude', 'registered_at'] %}
{{ config(meta={'merge': {'newer': precedes([], content)}}) }}

with arrived as (

    select * from {{ changes(source('orders', 'customers')) }}

),

judged as (

    {{ judged('arrived', 'orders', 'customers') }}

),

versions as (

    select
        record_key,
        record.user_id,
        record.name as customer_name,
        record.email,
        record.city,
        record.latitude,
        record.longitude,
        record.registered_at,
        event_at as updated_at,
        rescued_fields,
        source_file,
        file_modified_at as landed_at,
        ingested_at
    from judged
    where quarantine_reason is null

),

customer_versions as (

    select * from versions
    {{ first_of_each_record(precedence('versions', [], content) ~ ' desc, ingested_at, source_file') }}

)

select * from customer_versions
