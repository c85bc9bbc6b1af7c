{#- A price comes again when its window ends: the row that knows the end holds, in whatever order they arrive. -#}
{{ config(meta={'merge': {
    'newer': 'arrived.price_ended_at is not null and kept.price_ended_at is null'
        ~ ' or (arrived.price_ended_at is null) = (kept.price_ended_at is null) and arrived.landed_at > kept.landed_at',
}}) }}

with arrived as (

    select * from {{ changes(source('platform', 'list_prices')) }}

),

judged as (

    {{ judged('arrived', 'platform', 'list_prices', more_reasons=[
        ['coalesce(try_cast(coalesce(record.pricing.effective_list.default, record.pricing.default)'
            ~ ' as decimal(16,10)), -1) < 0', 'wrong_type:pricing'],
        ['record.price_end_time <= record.price_start_time', 'empty_price_window'],
    ]) }}

),

newest_states as (

    select * from judged
    where quarantine_reason is null
    {{ first_of_each_record(
        'record.price_end_time is null, file_modified_at desc, ingested_at desc, source_file, line_hash'
    ) }}

),

prices as (

    select
        record_key,
        record.account_id,
        record.sku_name,
        record.cloud,
        record.currency_code,
        record.usage_unit,
        record.price_start_time as price_started_at,
        record.price_end_time as price_ended_at,
        try_cast(
            coalesce(record.pricing.effective_list.default, record.pricing.default) as decimal(16, 10)
        ) as list_price,
        rescued_fields,
        source_file,
        file_modified_at as landed_at,
        ingested_at
    from newest_states

)

select * from prices
