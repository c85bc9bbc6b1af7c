{#- No record has a clock: where two do not say the same, the content decides, and never arrival. -#}
{% set content = ['zip_prefix', 'city', 'state'] %}
{{ config(meta={'merge': {'newer': precedes([], content)}}) }}

with arrived as (

    select * from {{ changes(source('commerce', 'marketplace_sellers')) }}

),

judged as (

    {{ judged('arrived', 'commerce', 'marketplace_sellers') }}

),

addresses as (

    select
        record_key,
        record.seller_id,
        {{ zip_prefix('record.seller_zip_code_prefix') }} as zip_prefix,
        record.seller_city as city,
        record.seller_state as state,
        rescued_fields,
        source_file,
        file_modified_at as landed_at,
        ingested_at
    from judged
    where quarantine_reason is null

),

sellers as (

    select * from addresses
    {{ first_of_each_record(precedence('addresses', [], content) ~ ' desc, ingested_at, source_file') }}

)

select * from sellers
