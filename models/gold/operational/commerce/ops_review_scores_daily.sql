{{ config(liquid_clustered_by='review_date', meta={'day': 'review_date'}) }}

{#- A day is partial until something later is heard; then it is complete, though nothing of its own is new. -#}
{% set order_reviews = ref('stg_commerce__marketplace_order_reviews') -%}
{% set changed = changed_days([
    {'relation': order_reviews, 'days': 'select review_date from changed union ' ~ days_still_partial('review_date')},
]) -%}

with reviews as (

    select
        *,
        timestampdiff(second, created_at, answered_at) / 3600 as hours_to_answer
    from {{ order_reviews }}
    where {{ falls_in('review_date', changed) }}

),

scores as (

    select
        review_date,
        score,
        case when score >= 4 then 'positive' when score = 3 then 'neutral' else 'negative' end as sentiment,
        count(*) as review_count,
        count(comment) as commented_count,
        count_if(hours_to_answer <= 24) as answered_within_day_count,
        cast({{ exact_average('hours_to_answer') }} as decimal(10, 2)) as average_hours_to_answer
    from reviews
    group by review_date, score

),

regions as (

    {{ one_region_watermarks(order_reviews, 'created_at') }}

),

review_scores_daily as (

    select
        scores.*,
        {{ order_flags('scores.review_date + interval 1 day') }}
    from scores
    cross join regions

)

select * from review_scores_daily
