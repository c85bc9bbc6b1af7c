{#- No record has a clock: where two do not say the same, the content decides, and never arrival. -#}
{% set content = ['category_name_english'] %}
{{ config(meta={'merge': {'newer': precedes([], content)}}) }}

with arrived as (

    select * from {{ changes(source('commerce', 'marketplace_category_names')) }}

),

judged as (

    {{ judged('arrived', 'commerce', 'marketplace_category_names') }}

),

translations as (

    select
        record_key,
        record.product_category_name as category_name,
        record.product_category_name_english as category_name_english,
        rescued_fields,
        source_file,
        file_modified_at as landed_at,
        ingested_at
    from judged
    where quarantine_reason is null

),

category_names as (

    select * from translations
    {{ first_of_each_record(precedence('translations', [], content) ~ ' desc, ingested_at, source_file') }}

)

select * from category_names
