{{ config(incremental_strategy='mirror', unique_key='version_key') }}

with versions as (

    select
        *,
        lag(valid_from_at) over (partition by customer_key order by valid_from_at) is null as is_first
    from {{ whole(ref('snap_commerce__customers')) }}

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
        -- Nobody watched before the first version: it is the best that is known of the time since the first order.
        if(is_first, least(valid_from_at, first_ordered_at), valid_from_at) as valid_from_at,
        valid_to_at,
        valid_to_at = timestamp '9999-12-31' as is_current
    from versions

)

select * from customers
