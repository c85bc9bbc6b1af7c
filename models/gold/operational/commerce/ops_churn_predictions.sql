{{ config(liquid_clustered_by='cutoff_date', meta={'day': 'cutoff_date'}) }}

{% set scores = source('learning', 'churn_scores') -%}
{% set changed = changed_predictions(scores) -%}

with scores as (

    {{ promoted(scores, 'churn') }}

),

regions as (

    {{ learning_watermarks() }}

),

ranked as (

    select
        scores.shop,
        scores.customer_key,
        scores.cutoff_date,
        {{ var('churn_horizon_days') }} as horizon_days,
        scores.churn_probability,
        percent_rank() over (
            partition by scores.shop, scores.cutoff_date order by scores.churn_probability
        ) as risk_rank,
        scores.model_version,
        scores.scored_at,
        {{ order_flags('cast(scores.cutoff_date as timestamp)') }}
    from scores
    cross join regions
    where {{ falls_in('scores.cutoff_date', changed) }}

),

churn_predictions as (

    select
        shop,
        customer_key,
        cutoff_date,
        horizon_days,
        churn_probability,
        case when risk_rank >= 0.8 then 'high' when risk_rank >= 0.5 then 'medium' else 'low' end as risk,
        model_version,
        scored_at,
        is_partial,
        regions_missing,
        completeness_pct,
        as_of
    from ranked

)

select * from churn_predictions
