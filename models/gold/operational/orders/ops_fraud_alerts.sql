{{ config(partition_by='order_date', meta={'day': 'order_date'}) }}

{% set rules = fraud_rules() -%}
{% set changed = changed_days([
    {'relation': ref('int_orders__fraud_signals'), 'days': 'select distinct order_date from changed'},
    {
        'relation': ref('int_orders__fraud_rules'),
        'days': 'select distinct order_date from ' ~ ref('int_orders__fraud_signals'),
    },
    {'relation': ref('int_orders__region_watermarks'), 'days': days_still_partial()},
]) -%}

with signals as (

    select * from {{ ref('int_orders__fraud_signals') }}
    where {{ falls_in('order_date', changed) }}

),

-- Rules are taken as independent: the score is the chance that one of them at least is right.
scored as (

    select
        record_key,
        order_date,
        order_at,
        order_id,
        user_id,
        city,
        amount,
        cast(
            1 - aggregate(
                array_sort(collect_list(weight)), cast(1 as double), (chance, weight) -> chance * (1 - weight)
            ) as decimal(5, 4)
        ) as score,
        array_sort(collect_list(struct(rule, weight, value, limit_value, evidence))) as reasons
    from signals
    group by record_key, order_date, order_at, order_id, user_id, city, amount

),

regions as (

    {{ region_watermarks() }}

),

fraud_alerts as (

    select
        scored.*,
        if(scored.score >= {{ rules.severe.threshold }}, 'high', 'medium') as severity,
        {{ order_flags('scored.order_at + interval 1 minute') }}
    from scored
    cross join regions
    where {{ rules.alert.enabled }} and scored.score >= {{ rules.alert.threshold }}

)

select * from fraud_alerts
