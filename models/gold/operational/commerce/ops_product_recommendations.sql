{{ config(liquid_clustered_by='cutoff_date', meta={'day': 'cutoff_date'}) }}

{% set recommendations = source('learning', 'product_recommendations') -%}
{% set changed = changed_predictions(recommendations) -%}

with recommendations as (

    {{ promoted(recommendations, 'recommendations') }}

),

regions as (

    {{ learning_watermarks() }}

),

product_recommendations as (

    select
        recommendations.shop,
        recommendations.customer_key,
        recommendations.cutoff_date,
        recommendations.recommendation_rank,
        recommendations.product_key,
        recommendations.score,
        recommendations.model_version,
        recommendations.scored_at,
        {{ order_flags('cast(recommendations.cutoff_date as timestamp)') }}
    from recommendations
    cross join regions
    where {{ falls_in('recommendations.cutoff_date', changed) }}

)

select * from product_recommendations
