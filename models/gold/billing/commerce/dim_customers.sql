{{ config(incremental_strategy='mirror', unique_key='version_key') }}

with versions as (

    {{ watched_versions(ref('snap_commerce__customers'), 'customer_key') }}

),

customers as (

    select
        version_key,
        customer_key,
        shop,
        customer_id,
        zip_prefix,
        city,
        state,
        country,
        first_ordered_at,
        valid_from_at,
        valid_to_at,
        is_current
    from versions

)

select * from customers
