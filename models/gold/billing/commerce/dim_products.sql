{{ config(incremental_strategy='mirror', unique_key='version_key') }}

with versions as (

    {{ watched_versions(ref('snap_commerce__products'), 'product_key') }}

),

products as (

    select
        version_key,
        product_key,
        shop,
        product_id,
        product_name,
        category,
        weight_g,
        photo_count,
        first_ordered_at,
        valid_from_at,
        valid_to_at,
        is_current
    from versions

)

select * from products
