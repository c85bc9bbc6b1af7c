{#- Few rows, computed whole. -#}
{{ config(incremental_strategy='mirror', unique_key='break_key') }}

with price_books as (

    select * from {{ whole(ref('int_platform__price_books')) }}

),

windows as (

    select
        sku_name,
        cloud,
        usage_unit,
        'list' as price_kind,
        explode(list_prices) as entry
    from price_books

    union all

    select
        sku_name,
        cloud,
        usage_unit,
        'negotiated' as price_kind,
        explode(negotiated_prices) as entry
    from price_books

),

followed as (

    select
        *,
        lead(entry.price_started_at) over (
            partition by price_kind, sku_name, cloud, usage_unit, entry.account_id
            order by entry.price_started_at, entry.record_key
        ) as next_started_at
    from windows

),

broken as (

    select
        *,
        if(entry.price_ended_at < next_started_at, 'price_gap', 'price_overlap') as break_type,
        if(entry.price_ended_at < next_started_at, entry.price_ended_at, next_started_at) as from_at,
        if(
            entry.price_ended_at < next_started_at,
            next_started_at,
            coalesce(entry.price_ended_at, next_started_at + interval 1 second)
        ) as to_at
    from followed
    where next_started_at is not null and not (entry.price_ended_at <=> next_started_at)

),

-- One row for each month that it reaches into: it blocks the close of each.
price_breaks as (

    select
        concat_ws(
            '|', price_kind, entry.record_key, date_format(month_at, 'yyyy-MM')
        ) as break_key,
        cast(greatest(month_at, from_at) as date) as usage_date,
        entry.account_id,
        break_type,
        concat_ws(' ', price_kind, 'price of', sku_name, cloud, 'per', usage_unit) as subject,
        cast(null as string) as region,
        cast(null as decimal(34, 24)) as usage_quantity,
        concat({{ break_sentence('break_type') }}, ' (', from_at, ' to ', to_at, ')') as detail
    from broken
        lateral view explode(sequence(
            date_trunc('month', from_at), date_trunc('month', to_at - interval 1 microsecond), interval 1 month
        )) as month_at

)

select * from price_breaks
