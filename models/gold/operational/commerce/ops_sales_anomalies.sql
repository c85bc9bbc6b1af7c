{{ config(liquid_clustered_by='order_date', meta={'day': 'order_date'}) }}

{% set sales_daily = ref('fct_sales_daily') -%}
{% set changed = changed_days([
    {'relation': sales_daily, 'days': days_to_judge(sales_daily, 'order_date', series='shop')},
]) -%}

with sales_daily as (

    select * from {{ sales_daily }}
    where {{ falls_from('order_date', changed, compared_days()) }}

),

-- Whole on purpose: a shop's calendar begins with its first day.
shops as (

    select
        shop,
        currency_code,
        min(order_date) as first_date,
        max(order_date) as last_date
    from {{ sales_daily }}
    group by shop, currency_code

),

-- A day without an order is a day with nothing, also where there should have been some.
calendar as (

    select
        shop,
        currency_code,
        last_date,
        explode(sequence(first_date, last_date)) as order_date
    from shops

),

days as (

    select
        calendar.order_date,
        calendar.shop,
        calendar.currency_code,
        -- A shop's newest day may go on.
        calendar.order_date >= calendar.last_date as is_partial,
        coalesce(sales_daily.order_count, 0) as order_count,
        coalesce(sales_daily.revenue, 0) as revenue,
        coalesce(sales_daily.unit_count, 0) as unit_count
    from calendar
    left join sales_daily using (shop, currency_code, order_date)
    where {{ falls_from('calendar.order_date', changed, compared_days()) }}

),

figures as (

    select
        order_date,
        shop,
        currency_code,
        is_partial,
        order_count as size,
        figure.*
    from days
        lateral view inline(array(
            named_struct('metric', 'orders', 'value', cast(order_count as decimal(24, 4))),
            named_struct('metric', 'revenue', 'value', cast(revenue as decimal(24, 4))),
            named_struct('metric', 'items', 'value', cast(unit_count as decimal(24, 4)))
        )) figure as metric, value

),

judged as (

    {{ robust_anomalies('figures', 'shop, metric', 'order_date') }}

),

sales_anomalies as (

    select
        order_date,
        shop,
        metric,
        currency_code,
        {{ anomaly_columns('shop', 'order_date') }},
        is_partial,
        if(is_partial, array('global'), cast(array() as array<string>)) as regions_missing,
        cast(if(is_partial, 0, 100) as decimal(5, 2)) as completeness_pct,
        current_timestamp() as as_of
    from judged
    where {{ falls_in('order_date', changed) }}

)

select * from sales_anomalies
