{#- Models in use: how good each is beside the rule that it has to beat, and what speaks against it. -#}
with model_health as (

    select
        case verdict
            when 'worse_than_baseline' then 'CRITICAL'
            when 'drifted' then 'HIGH'
            when 'stale' then 'MEDIUM'
        end as severity,
        model,
        shop,
        verdict,
        verdict_reason,
        model_version,
        trained_at,
        days_since_training,
        scored_cutoff_date,
        metric,
        metric_value,
        metric_low,
        metric_high,
        baseline,
        baseline_value,
        most_drifted_feature,
        feature_psi,
        score_psi
    from {{ as_built(ref('ops_model_health')) }}

)

select * from model_health
order by {{ severity_rank() }}, model, shop
