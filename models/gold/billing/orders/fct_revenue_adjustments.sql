{{ config(partition_by='order_date', meta={'day': 'order_date'}) }}

{% set touched = 'select distinct order_date from changed' -%}
{% set sealed = source('ledger', 'sealed_revenue') -%}
{% set daily = ref('fct_revenue_daily') -%}
{% set changed = changed_days([
    {'relation': daily, 'days': touched},
    {'relation': sealed, 'days': touched},
    {
        'relation': source('ledger', 'revenue_seals'),
        'days': days_of_sealed_periods(daily, sealed, day='order_date', account="'orders'"),
    },
]) -%}

with seals as (

    select
        *,
        max(billing_period) over () as newest_period
    from {{ source('ledger', 'revenue_seals') }}

),

placed_orders as (

    select * from {{ ref('stg_orders__orders') }}
    where {{ falls_in('order_date', changed) }}

),

both_sides as (

    select
        daily.order_date,
        daily.restaurant_id,
        daily.category,
        daily.order_count,
        daily.quantity,
        daily.revenue,
        cast(null as timestamp) as sealed_through_at
    from {{ daily }} as daily
    left semi join seals on {{ billing_period('daily.order_date') }} = seals.billing_period
    where {{ falls_in('daily.order_date', changed) }}

    union all

    select
        order_date,
        restaurant_id,
        category,
        -order_count as order_count,
        -quantity as quantity,
        -revenue as revenue,
        read_through_at as sealed_through_at
    from {{ ref('fct_sealed_revenue') }}
    where {{ falls_in('order_date', changed) }}

),

differences as (

    select
        order_date,
        restaurant_id,
        category,
        sum(order_count) as order_count,
        cast(sum(quantity) as decimal(38, 3)) as quantity,
        cast(sum(revenue) as decimal(38, 2)) as revenue,
        max(sealed_through_at) as sealed_through_at
    from both_sides
    group by order_date, restaurant_id, category
    having sum(order_count) <> 0 or sum(quantity) <> 0 or sum(revenue) <> 0

),

-- The orders that no seal of the line has read.
sourced as (

    select
        differences.*,
        array_sort(collect_set(placed_orders.order_id)) as source_record_ids,
        max(placed_orders.ingested_at) as newest_order_at
    from differences
    left join placed_orders
        on
            differences.order_date = placed_orders.order_date
            and differences.restaurant_id <=> placed_orders.restaurant_id
            and differences.category <=> placed_orders.category
            and coalesce(differences.sealed_through_at < placed_orders.ingested_at, true)
    group by all

),

revenue_adjustments as (

    select
        seals.account_id,
        seals.billing_period as original_period,
        {{ next_period('seals.newest_period') }} as adjustment_period,
        sourced.order_date,
        sourced.restaurant_id,
        sourced.category,
        sourced.order_count,
        sourced.quantity,
        sourced.revenue,
        if(sourced.newest_order_at > seals.read_through_at, 'late_order', 'restated') as reason,
        sourced.source_record_ids,
        'Correction' as charge_class
    from sourced
    inner join seals on {{ billing_period('sourced.order_date') }} = seals.billing_period

)

select * from revenue_adjustments
