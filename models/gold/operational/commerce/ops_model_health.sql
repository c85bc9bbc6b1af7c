{#- A view: a model grows stale though nothing new arrives. -#}
{{ config(materialized='view') }}

with champions as (

    select *
    from {{ source('learning', 'model_runs') }}
    where status = 'promoted'
    qualify row_number() over (partition by model, shop order by trained_at desc, model_version desc) = 1

),

last_trainings as (

    select
        model,
        shop,
        max(trained_at) as last_trained_at,
        max_by(status, trained_at) as last_training_status
    from {{ source('learning', 'model_runs') }}
    group by model, shop

),

newest_features as (

    select
        shop,
        max(cutoff_date) as newest_cutoff_date
    from {{ ref('int_commerce__customer_features') }}
    group by shop

),

drifts as (

    select
        drift.model,
        drift.shop,
        drift.model_version,
        max(drift.cutoff_date) as scored_cutoff_date,
        max(drift.psi) filter (where drift.feature <> 'score') as feature_psi,
        max_by(drift.feature, drift.psi) filter (where drift.feature <> 'score') as most_drifted_feature,
        max(drift.psi) filter (where drift.feature = 'score') as score_psi
    from (
        select * from {{ source('learning', 'feature_drift') }}
        qualify rank() over (partition by model, shop, model_version order by cutoff_date desc) = 1
    ) as drift
    group by drift.model, drift.shop, drift.model_version

),

judged as (

    select
        champions.*,
        last_trainings.last_trained_at,
        last_trainings.last_training_status,
        drifts.scored_cutoff_date,
        newest_features.newest_cutoff_date,
        drifts.scored_cutoff_date is distinct from newest_features.newest_cutoff_date as is_partial,
        drifts.feature_psi,
        drifts.most_drifted_feature,
        drifts.score_psi,
        datediff(current_date(), cast(last_trainings.last_trained_at as date)) as days_since_training,
        {{ model_verdict() }} as verdict
    from champions
    inner join last_trainings using (model, shop)
    left join drifts using (model, shop, model_version)
    left join newest_features using (shop)

),

model_health as (

    select
        model,
        shop,
        model_version,
        trained_at,
        last_trained_at,
        last_training_status,
        days_since_training,
        cutoff_date,
        scored_cutoff_date,
        newest_cutoff_date,
        metric,
        metric_value,
        metric_low,
        metric_high,
        baseline,
        baseline_value,
        difference_low,
        difference_high,
        feature_psi,
        most_drifted_feature,
        score_psi,
        verdict,
        {{ model_verdict_reason() }} as verdict_reason,
        is_partial,
        if(is_partial, array('global'), cast(array() as array<string>)) as regions_missing,
        cast(if(is_partial, 0, 100) as decimal(5, 2)) as completeness_pct,
        current_timestamp() as as_of
    from judged

)

select * from model_health
