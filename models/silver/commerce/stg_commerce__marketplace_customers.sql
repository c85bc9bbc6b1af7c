{#- No record has a clock: where two do not say the same, the content decides, and never arrival. -#}
{% set content = ['customer_unique_id', 'zip_prefix', 'city', 'state'] %}
{{ config(meta={'merge': {'newer': precedes([], content)}}) }}

with arrived as (

    select * from {{ changes(source('commerce', 'marketplace_customers')) }}

),

judged as (

    {{ judged('arrived', 'commerce', 'marketplace_customers') }}

),

addresses as (

    select
        record_key,
        record.customer_id,
        record.customer_unique_id,
        {{ zip_prefix('record.customer_zip_code_prefix') }} as zip_prefix,
        record.customer_city as city,
        record.customer_state as state,
        rescued_fields,
        source_file,
        file_modified_at as landed_at,
        ingested_at
    from judged
    where quarantine_reason is null

),

customers as (

    select * from addresses
    {{ first_of_each_record(precedence('addresses', [], content) ~ ' desc, ingested_at, source_file') }}

)

select * from customers
