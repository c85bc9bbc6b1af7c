{{ config(partition_by='promised_date', meta={'day': 'promised_date'}) }}

{% set changed = changed_days([
    {'relation': ref('stg_orders__deliveries'), 'days': 'select distinct promised_date from changed'},
]) -%}

with deliveries as (

    select
        *,
        (unix_millis(delivered_at) - unix_millis(promised_at)) / 60000 as delay_minutes,
        (unix_millis(delivered_at) - unix_millis(picked_up_at)) / 60000 as ride_minutes
    from {{ ref('stg_orders__deliveries') }}
    where {{ falls_in('promised_date', changed) }}

),

daily as (

    select
        promised_date,
        restaurant_id,
        count(*) as delivery_count,
        count_if(delivery_status = 'delivered') as delivered_count,
        count_if(delivery_status = 'cancelled') as cancelled_count,
        count_if(delivery_status = 'failed') as failed_count,
        count_if(delay_minutes > 0) as late_count,
        cast({{ exact_average('delay_minutes') }} as decimal(10, 2)) as average_delay_minutes,
        cast(percentile(delay_minutes, 0.9) as decimal(10, 2)) as p90_delay_minutes,
        cast({{ exact_average('ride_minutes') }} as decimal(10, 2)) as average_ride_minutes
    from deliveries
    group by promised_date, restaurant_id

),

regions as (

    {{ region_watermarks() }}

),

deliveries_daily as (

    select
        daily.*,
        {{ order_flags('least(' ~ lately() ~ ', daily.promised_date + interval 1 day)') }}
    from daily
    cross join regions

)

select * from deliveries_daily
