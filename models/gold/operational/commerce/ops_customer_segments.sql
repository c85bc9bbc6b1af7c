{{ config(liquid_clustered_by='cutoff_date', meta={'day': 'cutoff_date'}) }}

{% set segments = source('learning', 'customer_segments') -%}
{% set changed = changed_predictions(segments) -%}

with segments as (

    {{ promoted(segments, 'segments') }}

),

regions as (

    {{ learning_watermarks() }}

),

customer_segments as (

    select
        segments.shop,
        segments.customer_key,
        segments.cutoff_date,
        segments.segment,
        segments.model_version,
        segments.scored_at,
        {{ order_flags('cast(segments.cutoff_date as timestamp)') }}
    from segments
    cross join regions
    where {{ falls_in('segments.cutoff_date', changed) }}

)

select * from customer_segments
