{{ config(partition_by='order_date', meta={'day': 'order_date'}) }}

{% set revenue_daily = ref('fct_revenue_daily') -%}
{% set changed = changed_days([
    {'relation': revenue_daily, 'days': days_to_judge(revenue_daily, 'order_date')},
    {'relation': ref('int_orders__region_watermarks'), 'days': days_still_partial()},
]) -%}

with revenue_daily as (

    select
        order_date,
        sum(order_count) as order_count,
        sum(revenue) as revenue,
        sum(quantity) as quantity
    from {{ revenue_daily }}
    where {{ falls_from('order_date', changed, compared_days()) }}
    group by order_date

),

-- Whole on purpose: the calendar begins with the first day there is.
known as (

    select
        min(order_date) as first_date,
        max(order_date) as last_date
    from {{ revenue_daily }}

),

calendar as (

    select explode(sequence(first_date, last_date)) as order_date
    from known
    where first_date is not null

),

regions as (

    {{ region_watermarks() }}

),

-- A day is judged when every region has spoken after its late orders were due.
days as (

    select
        calendar.order_date,
        revenue_daily.order_count,
        revenue_daily.revenue,
        revenue_daily.quantity,
        {{ order_flags(awaited_until('calendar.order_date')) }}
    from calendar
    left join revenue_daily using (order_date)
    cross join regions
    where {{ falls_from('calendar.order_date', changed, compared_days()) }}

),

figures as (

    select
        order_date,
        is_partial,
        regions_missing,
        completeness_pct,
        as_of,
        coalesce(order_count, 0) as size,
        figure.metric,
        figure.value
    from days
        lateral view inline(array(
            named_struct('metric', 'orders', 'value', cast(coalesce(order_count, 0) as decimal(24, 4))),
            named_struct('metric', 'revenue', 'value', cast(coalesce(revenue, 0) as decimal(24, 4))),
            named_struct('metric', 'portions', 'value', cast(coalesce(quantity, 0) as decimal(24, 4)))
        )) figure as metric, value

),

judged as (

    {{ robust_anomalies('figures', 'metric', 'order_date') }}

),

order_anomalies as (

    select
        order_date,
        metric,
        {{ anomaly_columns("'all regions'", 'order_date') }},
        is_partial,
        regions_missing,
        completeness_pct,
        as_of
    from judged
    where {{ falls_in('order_date', changed) }}

)

select * from order_anomalies
