{#- An order is judged by its customer's history before it, and by what happened within minutes around it: the days that
    new orders reach in these ways are made anew. A history is the newest 50 orders at most, so that a customer who
    orders all the time costs no more than others per order. -#}
{{ config(partition_by='order_date', incremental_strategy='replace_days', meta={'day': 'order_date'}) }}

{% set rules = fraud_rules() -%}
{% set around, history_days = fraud_minutes_around(rules), fraud_history_days(rules) -%}
{% set usual_minutes = velocity_minutes(rules) -%}
{% set changed = changed_days([
    {'relation': ref('int_orders__enriched_orders'), 'days': 'select distinct order_date from changed'},
    {'relation': ref('stg_orders__orders'), 'days': days_of_fraud_evidence(rules)},
    {
        'relation': ref('int_orders__fraud_rules'),
        'days': 'select distinct order_date from ' ~ ref('int_orders__enriched_orders'),
    },
]) -%}

with orders as (

    select
        record_key,
        order_id,
        order_at,
        order_date,
        user_id,
        city,
        latitude,
        longitude,
        card_id,
        device_id,
        amount,
        quantity,
        customer_city,
        customer_registered_at,
        -- A price far off the menu's is a mistake, and counted as that elsewhere.
        coalesce({{ is_outlier('price', 'list_price') }}, false) as is_mispriced
    from {{ ref('int_orders__enriched_orders') }}
    where {{ falls_around(changed, around) }}

),

judged as (

    select * from orders
    where {{ falls_in('order_date', changed) }}

),

judged_customers as (

    select distinct user_id from judged
    where amount >= {{ rules.high_value.minimum }} and not is_mispriced

),

-- Only of customers with an order that is to be held against their history.
placed_orders as (

    select
        placed.record_key,
        placed.user_id,
        placed.order_at,
        cast(placed.amount as double) as amount
    from {{ ref('int_orders__enriched_orders') }} as placed
    left semi join judged_customers on placed.user_id = judged_customers.user_id
    where {{ falls_from('placed.order_date', changed, history_days) }}

),

histories as (

    select
        record_key,
        filter(
            collect_list(struct(order_at, amount)) over (
                partition by user_id
                order by order_at, record_key
                rows between 50 preceding and 1 preceding
            ),
            earlier -> earlier.order_at >= order_at - interval {{ rules.high_value.window_minutes }} minutes
        ).amount as amounts
    from placed_orders

),

medians as (

    select
        *,
        {{ array_median('amounts') }} as median
    from histories
    where size(amounts) >= greatest(1, {{ rules.high_value.min_orders }})

),

-- Robust deviations: 1.4826 times the median distance from the median, a tenth of the median at least.
deviations as (

    select
        judged.*,
        medians.median,
        size(medians.amounts) as history_count,
        (judged.amount - medians.median) / greatest(
            1.4826 * {{ array_median('transform(medians.amounts, earlier -> abs(earlier - medians.median))') }},
            0.1 * medians.median
        ) as deviation
    from judged
    inner join medians on judged.record_key = medians.record_key
    where judged.amount >= {{ rules.high_value.minimum }} and not judged.is_mispriced

),

neighbours as (

    select
        *,
        lag(struct(order_at, city, latitude, longitude)) over (
            partition by user_id order by order_at, record_key
        ) as before,
        count(*) over (
            partition by user_id
            order by order_at
            range between current row and interval {{ rules.velocity.window_minutes }} minutes following
        ) as order_count,
        count(*) over (
            partition by user_id
            order by order_at
            range between
            interval {{ usual_minutes }} minutes preceding
            and interval {{ rules.velocity.window_minutes }} minutes preceding
        ) as count_before,
        count(*) over (
            partition by user_id
            order by order_at
            range between
            interval {{ rules.velocity.window_minutes }} minutes following
            and interval {{ usual_minutes }} minutes following
        ) as count_after
    from orders

),

-- The fullest of the windows that an order lies in.
sequences as (

    select
        *,
        max(order_count) over (
            partition by user_id
            order by order_at
            range between interval {{ rules.velocity.window_minutes }} minutes preceding and current row
        ) as burst_count,
        {{ distance_km('before.latitude', 'before.longitude', 'latitude', 'longitude') }} as distance,
        greatest(1.0, (unix_millis(order_at) - unix_millis(before.order_at)) / 60000) as minutes
    from neighbours

),

-- What the customer places in a window otherwise, on the busier side: who orders all the time has no burst.
bursts as (

    select
        *,
        greatest(count_before, count_after)
        / greatest(1, {{ usual_minutes }} / {{ rules.velocity.window_minutes }} - 1) as usual_count
    from sequences
    where burst_count >= {{ rules.velocity.threshold }} and {{ falls_in('order_date', changed) }}

),

instruments as (

    select
        *,
        explode(array_compact(array(concat('card ', card_id), concat('device ', device_id)))) as instrument
    from orders

),

shared_instruments as (

    select instrument from instruments
    group by instrument
    having min(user_id) <> max(user_id)

),

uses as (

    select instruments.*
    from instruments
    left semi join shared_instruments on instruments.instrument = shared_instruments.instrument

),

counted_uses as (

    select
        *,
        size(collect_set(user_id) over (
            partition by instrument
            order by order_at
            range between current row and interval {{ rules.shared_instrument.window_minutes }} minutes following
        )) as customer_count
    from uses

),

shared_uses as (

    select
        *,
        max(customer_count) over (
            partition by instrument
            order by order_at
            range between interval {{ rules.shared_instrument.window_minutes }} minutes preceding and current row
        ) as sharing_count
    from counted_uses
    qualify row_number() over (partition by record_key order by sharing_count desc, instrument asc) = 1

),

signals as (

    select
        {{ fraud_signal(
            'high_value', rules.high_value, 'least(deviation, 1e9)', rules.high_value.threshold,
            "format_string('%s is %.1f robust deviations above the median of %d earlier orders, %.2f',
            cast(amount as string), deviation, history_count, median)"
        ) }}
    from deviations
    where {{ rules.high_value.enabled }} and deviation >= {{ rules.high_value.threshold }}
    union all
    select
        {{ fraud_signal(
            'bulk_order', rules.bulk_order, 'quantity', rules.bulk_order.threshold,
            "format_string('%.0f portions', cast(quantity as double))"
        ) }}
    from judged
    where {{ rules.bulk_order.enabled }} and quantity >= {{ rules.bulk_order.threshold }}
    union all
    select
        {{ fraud_signal(
            'new_account', rules.new_account, 'amount', rules.new_account.minimum,
            "format_string('%s, %d minutes after registration', cast(amount as string),
            timestampdiff(minute, customer_registered_at, order_at))"
        ) }}
    from judged
    where
        {{ rules.new_account.enabled }}
        and not is_mispriced
        and amount >= {{ rules.new_account.minimum }}
        and order_at >= customer_registered_at
        and order_at < customer_registered_at + interval {{ rules.new_account.window_minutes }} minutes
    union all
    select
        {{ fraud_signal(
            'velocity', rules.velocity, 'burst_count',
            'greatest(' ~ rules.velocity.threshold ~ ', ' ~ rules.velocity.minimum ~ ' * usual_count)',
            "format_string('%d orders within " ~ rules.velocity.window_minutes ~ " minutes, usually %.1f', burst_count,
            cast(usual_count as double))"
        ) }}
    from bursts
    where {{ rules.velocity.enabled }} and burst_count >= {{ rules.velocity.minimum }} * usual_count
    union all
    select
        {{ fraud_signal(
            'impossible_travel', rules.impossible_travel, '60 * distance / minutes', rules.impossible_travel.threshold,
            "format_string('%s to %s: %.0f km in %.0f minutes', before.city, city, distance, minutes)"
        ) }}
    from sequences
    where
        {{ rules.impossible_travel.enabled }}
        and distance >= {{ rules.impossible_travel.minimum }}
        and minutes <= {{ rules.impossible_travel.window_minutes }}
        and 60 * distance / minutes >= {{ rules.impossible_travel.threshold }}
        -- Who is back home has not ordered elsewhere: somebody else has.
        and city is distinct from customer_city
        and {{ falls_in('order_date', changed) }}
    union all
    select
        {{ fraud_signal(
            'shared_instrument', rules.shared_instrument, 'sharing_count', rules.shared_instrument.threshold,
            "format_string('%s …%s of %d customers within " ~ rules.shared_instrument.window_minutes ~ " minutes',
            split_part(instrument, ' ', 1), right(instrument, 4), sharing_count)"
        ) }}
    from shared_uses
    where
        {{ rules.shared_instrument.enabled }}
        and sharing_count >= {{ rules.shared_instrument.threshold }}
        and {{ falls_in('order_date', changed) }}

),

fraud_signals as (

    select
        left(sha2(to_json(array(rule, record_key)), 256), 32) as signal_key,
        *
    from signals

)

select * from fraud_signals
