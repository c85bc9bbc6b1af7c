{#- Few rows; the seed is loaded anew by every build, and only what differs is written here. -#}
{{ config(incremental_strategy='mirror', unique_key='record_key') }}

with negotiated as (

    select * from {{ ref('negotiated_prices') }}

),

prices as (

    select
        left(sha2(to_json(array(
            coalesce(account_id, ''), sku_name, cloud, usage_unit, currency_code, cast(price_started_at as string)
        )), 256), 32) as record_key,
        account_id,
        sku_name,
        cloud,
        usage_unit,
        currency_code,
        price_started_at,
        price_ended_at,
        negotiated_price
    from negotiated

)

select * from prices
