{{ config(partition_by='session_date', meta={'day': 'session_date'}) }}

{#- A day is partial until something later is heard; then it is complete, though nothing of its own is new. -#}
{% set sessions = ref('int_commerce__web_sessions') -%}
{% set changed = changed_days([
    {'relation': sessions, 'days': 'select session_date from changed union ' ~ days_still_partial('session_date')},
]) -%}

with sessions as (

    select
        session_date,
        coalesce(device, 'unknown') as device,
        -- A later step implies the earlier ones, though their events were lost.
        case
            when has_purchase then 4
            when has_checkout then 3
            when has_cart then 2
            when has_view then 1
            else 0
        end as step
    from {{ sessions }}
    where {{ falls_in('session_date', changed) }}

),

steps as (

    select
        session_date,
        device,
        count(*) as session_count,
        count_if(step >= 1) as viewed_count,
        count_if(step >= 2) as carted_count,
        count_if(step >= 3) as checked_out_count,
        count_if(step >= 4) as purchased_count
    from sessions
    group by session_date, device

),

rates as (

    select
        *,
        cast(try_divide(carted_count, viewed_count) as decimal(7, 4)) as cart_rate,
        cast(try_divide(checked_out_count, carted_count) as decimal(7, 4)) as checkout_rate,
        cast(try_divide(purchased_count, checked_out_count) as decimal(7, 4)) as purchase_rate,
        cast(try_divide(purchased_count, session_count) as decimal(7, 4)) as conversion_rate
    from steps

),

regions as (

    {{ one_region_watermarks(sessions, 'ended_at') }}

),

web_funnel_daily as (

    select
        rates.*,
        {{ order_flags('rates.session_date + interval 1 day') }}
    from rates
    cross join regions

)

select * from web_funnel_daily
