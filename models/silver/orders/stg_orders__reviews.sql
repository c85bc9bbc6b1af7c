{{ config(partition_by='review_date', meta={'merge': {'prune_by': 'review_date'}}) }}

with arrived as (

    select * from {{ changes(source('orders', 'reviews')) }}

),

judged as (

    {{ judged('arrived', 'orders', 'reviews', more_reasons=[
        ['record.rating not between 1 and 5', 'rating_out_of_range'],
    ]) }}

),

first_deliveries as (

    select * from judged
    where quarantine_reason is null
    {{ first_of_each_record() }}

),

reviews as (

    select
        record_key,
        record.review_id,
        record.order_id,
        record.restaurant_id,
        record.user_id,
        record.rating,
        record.comment as review_comment,
        event_at as reviewed_at,
        cast(event_at as date) as review_date,
        rescued_fields,
        source_file,
        file_modified_at as landed_at,
        ingested_at
    from first_deliveries

)

select * from reviews
