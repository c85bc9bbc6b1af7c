{#- No record has a clock: where two do not say the same, the content decides, and never arrival. -#}
{% set content = [
    'category_name', 'name_length', 'description_length', 'photo_count', 'weight_g', 'length_cm', 'height_cm', 'width_cm',
] %}
{{ config(meta={'merge': {'newer': precedes([], content)}}) }}

with arrived as (

    select * from {{ changes(source('commerce', 'marketplace_products')) }}

),

judged as (

    {{ judged('arrived', 'commerce', 'marketplace_products') }}

),

described as (

    select
        record_key,
        record.product_id,
        record.product_category_name as category_name,
        record.product_name_lenght as name_length,
        record.product_description_lenght as description_length,
        record.product_photos_qty as photo_count,
        record.product_weight_g as weight_g,
        record.product_length_cm as length_cm,
        record.product_height_cm as height_cm,
        record.product_width_cm as width_cm,
        rescued_fields,
        source_file,
        file_modified_at as landed_at,
        ingested_at
    from judged
    where quarantine_reason is null

),

products as (

    select * from described
    {{ first_of_each_record(precedence('described', [], content) ~ ' desc, ingested_at, source_file') }}

)

select * from products
