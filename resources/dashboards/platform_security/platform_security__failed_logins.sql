{#- Failed logins in each hour of the last three days by region, and how many users and addresses they came from. #}
with newest as (

    select max(event_date) as newest_date from {{ ref('ops_security_events') }}

),

security_events as (

    select * from {{ ref('ops_security_events') }}
    where
        event_date > date_sub((select newest.newest_date from newest), 3)
        and kind = 'failed_login'

),

failed_logins as (

    select
        date_trunc('hour', event_at) as hour_at,
        region,
        count(*) as failure_count,
        count(distinct user_email) as user_count,
        count(distinct source_ip_address) as address_count,
        bool_or(is_partial) as is_partial
    from security_events
    group by date_trunc('hour', event_at), region

)

select * from failed_logins
order by hour_at, region
