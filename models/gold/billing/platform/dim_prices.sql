{#- Few rows, computed whole; only what differs is written. -#}
{{ config(incremental_strategy='mirror', unique_key='version_key') }}

with readings as (

    select * from {{ ref('snap_platform__list_prices') }}

),

prices as (

    select
        version_key,
        record_key,
        account_id,
        sku_name,
        cloud,
        currency_code,
        usage_unit,
        price_started_at,
        price_ended_at,
        list_price,
        valid_from_at,
        valid_to_at,
        valid_to_at = timestamp '9999-12-31' as is_current,
        cast(is_deleted as boolean) as is_deleted
    from readings

)

select * from prices
