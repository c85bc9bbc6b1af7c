{#- Few rows, computed whole. -#}
{{ config(incremental_strategy='mirror', unique_key='book_key') }}

with list_prices as (

    select * from {{ whole(ref('stg_platform__list_prices')) }}
    where currency_code = '{{ var("billing_currency", "USD") }}'

),

negotiated_prices as (

    select * from {{ whole(ref('int_platform__negotiated_prices')) }}
    where currency_code = '{{ var("billing_currency", "USD") }}'

),

prices as (

    select
        'list' as price_kind,
        sku_name,
        cloud,
        usage_unit,
        currency_code,
        account_id,
        price_started_at,
        price_ended_at,
        list_price as price,
        record_key
    from list_prices

    union all

    select
        'negotiated' as price_kind,
        sku_name,
        cloud,
        usage_unit,
        currency_code,
        account_id,
        price_started_at,
        price_ended_at,
        negotiated_price as price,
        record_key
    from negotiated_prices

),

-- The first price of a book that fits is the one: a price of the account before one for every account, and, while a
-- window has not been closed by its successor's arrival, the later start.
ranked as (

    select
        price_kind,
        sku_name,
        cloud,
        usage_unit,
        currency_code,
        struct(
            account_id is null as is_for_every_account,
            -1 * unix_micros(price_started_at) as later_first,
            record_key,
            account_id,
            price_started_at,
            price_ended_at,
            price
        ) as entry
    from prices

),

price_books as (

    select
        concat_ws('|', sku_name, cloud, usage_unit) as book_key,
        sku_name,
        cloud,
        usage_unit,
        currency_code,
        array_sort(collect_list(entry) filter (where price_kind = 'list')) as list_prices,
        array_sort(collect_list(entry) filter (where price_kind = 'negotiated')) as negotiated_prices
    from ranked
    group by all

)

select * from price_books
