{{ config(partition_by='review_date', meta={'day': 'review_date'}) }}

{% set changed = changed_days([
    {'relation': ref('stg_commerce__order_reviews'), 'days': 'select distinct review_date from changed'},
]) -%}

with reviews as (

    select
        *,
        (unix_millis(answered_at) - unix_millis(created_at)) / 3600000 as answer_hours
    from {{ ref('stg_commerce__order_reviews') }}
    where {{ falls_in('review_date', changed) }}

),

review_scores_daily as (

    select
        review_date,
        score,
        count(*) as review_count,
        count(comment) as commented_count,
        count_if(answer_hours <= 24) as answered_within_day_count,
        cast(avg(answer_hours) as decimal(10, 2)) as average_answer_hours,
        {{ commerce_flags() }},
        max(ingested_at) as as_of
    from reviews
    group by review_date, score

)

select * from review_scores_daily
