{#- The windows of a key, half-open, follow each other: each is longer than nothing and starts where the one before it
    ended, and only the last may be open. So a point in time finds one row of a key at most, and a join on it never
    multiplies rows. An end that is null, or the year 9999, is open. -#}
{% test windows_do_not_overlap(model, key, valid_from, valid_to) %}

with windows as (

    select
        {{ key }} as window_key,
        {{ valid_from }} as started_at,
        coalesce({{ valid_to }}, timestamp'9999-12-31') as ended_at,
        lead({{ valid_from }}) over (partition by {{ key }} order by {{ valid_from }}) as next_started_at
    from {{ model }}

),

broken_windows as (

    select
        *,
        case
            when started_at >= ended_at then 'empty'
            when next_started_at < ended_at then 'overlap'
            else 'gap'
        end as fault
    from windows
    where started_at >= ended_at or next_started_at <> ended_at

)

select * from broken_windows

{% endtest %}
