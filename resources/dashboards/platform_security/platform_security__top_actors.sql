{#- The 20 users with most to look at in the last seven days, severe things first. #}
with newest as (

    select max(event_date) as newest_date from {{ ref('ops_security_events') }}

),

security_events as (

    select * from {{ ref('ops_security_events') }}
    where
        event_date > date_sub((select newest.newest_date from newest), 7)
        and user_email <> ''

),

top_actors as (

    select
        user_email,
        count_if(severity = 'high') as high_count,
        count_if(severity = 'medium') as medium_count,
        count(*) as detection_count,
        array_sort(collect_set(kind)) as kinds,
        count(distinct source_ip_address) as address_count,
        max(event_at) as last_event_at
    from security_events
    group by user_email

)

select * from top_actors
order by high_count desc, medium_count desc, detection_count desc, user_email asc
limit 20
