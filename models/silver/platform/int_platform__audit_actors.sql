{#- A minimum is safe under any order of arrival; of two events of the same instant the smaller key is the first. -#}
{{ config(
    unique_key='actor_key',
    meta={'merge': {
        'newer': 'arrived.first_seen_at < kept.first_seen_at or arrived.first_seen_at = kept.first_seen_at'
            ~ ' and arrived.first_record_key < kept.first_record_key',
    }},
) }}

with audit_events as (

    select * from {{ changes(ref('stg_platform__audit_logs')) }}

),

first_events as (

    select * from audit_events
    where user_email <> ''
    qualify row_number() over (
        partition by account_id, workspace_id, service_name, user_email
        order by event_at, record_key
    ) = 1

),

actors as (

    select
        left(sha2(to_json(array(account_id, workspace_id, service_name, user_email)), 256), 32) as actor_key,
        account_id,
        workspace_id,
        service_name,
        user_email,
        event_at as first_seen_at,
        event_date as first_seen_date,
        record_key as first_record_key
    from first_events

)

select * from actors
