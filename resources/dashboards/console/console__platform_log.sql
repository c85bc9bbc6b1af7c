{#- What ran, by the log of the platform: the newest seven days, newest first. #}
with newest as (

    select max(logged_at) as newest_at from {{ source('operations', 'platform_logs') }}

),

platform_log as (

    select
        logged_at,
        component,
        subject,
        status,
        message,
        files,
        rows_out,
        seconds,
        actor,
        code_version,
        git_revision,
        run_id
    from {{ source('operations', 'platform_logs') }}
    where logged_at > (select newest.newest_at from newest) - interval 7 days

)

select * from platform_log
order by logged_at desc, component asc, subject asc
