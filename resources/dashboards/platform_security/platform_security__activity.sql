{#- What was done in the last seven days: the 50 actions that were refused most often, with the share refused. #}
with newest as (

    select max(event_date) as newest_date from {{ ref('ops_audit_activity_hourly') }}

),

audit_activity as (

    select * from {{ ref('ops_audit_activity_hourly') }}
    where event_date > date_sub((select newest.newest_date from newest), 7)

),

activity as (

    select
        service_name,
        action_name,
        sum(event_count) as event_count,
        sum(failed_count) as failed_count,
        try_divide(sum(failed_count), sum(event_count)) as failed_share,
        max(user_count) as most_users_in_an_hour,
        bool_or(is_partial) as is_partial
    from audit_activity
    group by service_name, action_name

)

select * from activity
order by failed_count desc, event_count desc, service_name asc, action_name asc
limit 50
