{{ config(incremental_strategy='mirror', unique_key='version_key') }}

with versions as (

    select
        *,
        lag(valid_from_at) over (partition by product_key order by valid_from_at) is null as is_first
    from {{ whole(ref('snap_commerce__products')) }}

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
        -- As for customers: the first version holds since the first order.
        if(is_first, least(valid_from_at, first_ordered_at), valid_from_at) as valid_from_at,
        valid_to_at,
        valid_to_at = timestamp '9999-12-31' as is_current
    from versions

)

select * from products
