{#- Bursts of failed logins of a user or from an address: one row where a burst begins, which is the failure that makes
    it so many within the window. It goes on while failures follow each other within the window.

    events   name of the CTE with audit events and the kind of their action
    minutes  the window
    limit    how many failures are a burst -#}
{% macro login_bursts(events, minutes, limit) -%}
    select
        *,
        lag(event_count) over (partition by account_id, burst_kind, subject order by event_at, record_key) as count_before,
        lag(event_at) over (partition by account_id, burst_kind, subject order by event_at, record_key) as failed_before_at
    from (
        select
            failures.*,
            subject.kind as burst_kind,
            subject.name as subject,
            count(*) over (
                partition by failures.account_id, subject.kind, subject.name order by failures.event_at
                range between interval {{ minutes }} minutes preceding and current row
            ) as event_count
        from {{ events }} as failures
        lateral view explode(array(
            struct('failed_logins_of_user' as kind, user_email as name),
            struct('failed_logins_from_address' as kind, source_ip_address as name)
        )) as subject
        where failures.kind = 'failed_login' and subject.name <> ''
    )
    qualify
        event_count >= {{ limit }}
        and not coalesce(
            count_before >= {{ limit }} and failed_before_at >= event_at - interval {{ minutes }} minutes, false
        )
{%- endmacro %}
