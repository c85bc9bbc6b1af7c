{#- A late event may move a session's first day: every session that new events touch is made anew from all of its
    events, and takes the place of what was known of it, whichever day that stood on. -#}
{{ config(
    unique_key='session_id', partition_by='session_date',
    meta={'merge': {'kept_on': 'session_date', 'newer': 'differs'}},
) }}

{% set events = ref('stg_commerce__web_events') -%}
{% set changed = changed_days([
    {'relation': events, 'days': days_of_touched_runs('session_id', 'event_date')},
]) -%}

with touched_sessions as (

    select distinct session_id from {{ changes(events) }}

),

touched_events as (

    select
        events.*,
        -- What comes first; of events of one moment, always the same one.
        struct(events.event_at, events.record_key) as moment
    from {{ events }} as events
    left semi join touched_sessions on events.session_id = touched_sessions.session_id
    where {{ falls_in('events.event_date', changed) }}

),

assembled as (

    select
        session_id,
        min_by(visitor_id, moment) as visitor_id,
        min(event_at) as started_at,
        min(event_date) as session_date,
        max(event_at) as ended_at,
        min_by(device, moment) filter (where device is not null) as device,
        min_by(referrer, moment) filter (where referrer is not null) as referrer,
        count_if(event_type = 'view') as view_count,
        count_if(event_type = 'add_to_cart') as cart_count,
        count_if(event_type = 'checkout') > 0 as has_checkout,
        count_if(event_type = 'purchase') > 0 as has_purchase,
        min_by(order_id, moment) filter (where event_type = 'purchase' and order_id is not null) as order_id,
        array_sort(collect_set(event_date)) as seen_dates
    from touched_events
    group by session_id

),

web_sessions as (

    select
        session_id,
        visitor_id,
        started_at,
        session_date,
        ended_at,
        device,
        referrer,
        view_count,
        cart_count,
        view_count > 0 as has_view,
        cart_count > 0 as has_cart,
        has_checkout,
        has_purchase,
        order_id,
        seen_dates
    from assembled

)

select * from web_sessions
