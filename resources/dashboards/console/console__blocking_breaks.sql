{#- What keeps months of both books from being closed, by kind: how much of it, of which days, and an example. #}
with breaks as (

    select
        'usage' as book,
        billing_period,
        break_type,
        subject,
        usage_date as day,
        detail
    from {{ ref('fct_period_breaks') }}
    where not is_waived

    union all

    select
        'orders' as book,
        billing_period,
        break_type,
        subject,
        order_date as day,
        detail
    from {{ ref('fct_revenue_breaks') }}
    where not is_waived

),

blocking_breaks as (

    select
        book,
        billing_period,
        break_type,
        count(*) as break_count,
        min(day) as first_date,
        max(day) as last_date,
        min_by(subject, struct(day, subject)) as example_subject,
        min_by(detail, struct(day, subject)) as example_detail
    from breaks
    group by book, billing_period, break_type

)

select * from blocking_breaks
order by billing_period desc, book asc, break_count desc, break_type asc
