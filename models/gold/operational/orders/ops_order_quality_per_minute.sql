{#- Minutes of arrival at the broker. Every message is an order, a copy of one or a dead letter. A dead letter
    that is judged again later stays one in its minute. -#}
{{ config(partition_by='landed_date', meta={'day': 'landed_date'}) }}

{% set landed_days = 'select distinct cast(landed_at as date) from changed' -%}
{% set changed = changed_days([
    {
        'relation': source('orders', 'orders'),
        'days': 'select distinct cast(file_modified_at as date) from changed where kafka_offset is not null',
    },
    {'relation': ref('stg_orders__orders'), 'days': landed_days},
    {'relation': ref('int_orders__enriched_orders'), 'days': landed_days},
]) -%}

with messages as (

    select
        region,
        date_trunc('minute', file_modified_at) as minute_at,
        count(*) as message_count
    from {{ source('orders', 'orders') }}
    where
        kafka_offset is not null
        and {{ falls_in('cast(file_modified_at as date)', changed) }}
        and {{ lies_around('file_modified_at', changed) }}
    group by all

),

dead_letters as (

    select
        region,
        minute_at,
        sum(copies) as dead_letter_count,
        sum(if(startswith(quarantine_reason, 'missing_key'), copies, 0)) as missing_key_count,
        map_from_entries(array_sort(collect_list(struct(quarantine_reason, copies)))) as dead_letters
    from (
        select
            region,
            date_trunc('minute', landed_at) as minute_at,
            quarantine_reason,
            sum(copies) as copies
        from {{ source('silver', 'quarantine') }}
        where
            source = 'orders.orders'
            and {{ falls_in('cast(landed_at as date)', changed) }}
            and not startswith(ingest_batch, 'requeue-')
        group by all
    )
    group by all

),

orders as (

    select
        placed_orders.region,
        date_trunc('minute', placed_orders.landed_at) as minute_at,
        count(*) as order_count,
        count_if(placed_orders.rescued_fields is not null) as drifted_count,
        count_if({{ is_outlier('enriched.price', 'enriched.list_price') }}) as outlier_count,
        count_if(placed_orders.order_at < placed_orders.landed_at - interval 2 minutes) as late_count
    from {{ ref('stg_orders__orders') }} as placed_orders
    left join {{ ref('int_orders__enriched_orders') }} as enriched
        on placed_orders.record_key = enriched.record_key and placed_orders.order_date = enriched.order_date
    where
        placed_orders.kafka_offset is not null
        and {{ falls_in('cast(placed_orders.landed_at as date)', changed) }}
        and {{ lies_around('placed_orders.landed_at', changed) }}
    group by all

),

regions as (

    {{ region_watermarks() }}

),

quality as (

    select
        cast(messages.minute_at as date) as landed_date,
        messages.minute_at,
        messages.region,
        messages.message_count,
        coalesce(orders.order_count, 0) as order_count,
        messages.message_count - coalesce(orders.order_count, 0) - coalesce(dead_letters.dead_letter_count, 0)
            as duplicate_count,
        coalesce(dead_letters.dead_letter_count, 0) as dead_letter_count,
        coalesce(dead_letters.missing_key_count, 0) as missing_key_count,
        dead_letters.dead_letters,
        coalesce(orders.outlier_count, 0) as outlier_count,
        coalesce(orders.drifted_count, 0) as drifted_count,
        coalesce(orders.late_count, 0) as late_count,
        {{ order_flags('messages.minute_at + interval 1 minute') }}
    from messages
    cross join regions
    left join orders using (region, minute_at)
    left join dead_letters using (region, minute_at)

)

select * from quality
