{#- The clocks of a review decide, then its content, never arrival. -#}
{% set clocks = ['row.answered_at', 'row.created_at'] %}
{% set content = ['score', 'title', 'comment'] %}
{{ config(liquid_clustered_by='review_date', meta={'merge': {'newer': precedes(clocks, content)}}) }}

with arrived as (

    select * from {{ changes(source('commerce', 'marketplace_order_reviews')) }}

),

judged as (

    {{ judged('arrived', 'commerce', 'marketplace_order_reviews', more_reasons=[
        ['record.review_score not between 1 and 5', 'score_out_of_range'],
    ]) }}

),

answers as (

    select
        record_key,
        record.review_id,
        record.order_id,
        record.review_score as score,
        record.review_comment_title as title,
        record.review_comment_message as comment,
        event_at as created_at,
        cast(event_at as date) as review_date,
        record.review_answer_timestamp as answered_at,
        rescued_fields,
        source_file,
        file_modified_at as landed_at,
        ingested_at
    from judged
    where quarantine_reason is null

),

order_reviews as (

    select * from answers
    {{ first_of_each_record(precedence('answers', clocks, content) ~ ' desc, ingested_at, source_file') }}

)

select * from order_reviews
