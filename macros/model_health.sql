{#- What holds against a model, the worst first; over its last promoted run, its drift and its last training. -#}
{% macro model_verdict() -%}
    case
            when champions.difference_low <= 0 then 'worse_than_baseline'
            when greatest(coalesce(drifts.feature_psi, 0), coalesce(drifts.score_psi, 0)) > {{ var('model_drift_psi') }}
                then 'drifted'
            when datediff(current_date(), cast(last_trainings.last_trained_at as date)) > {{ var('model_stale_days') }}
                then 'stale'
            else 'ok'
        end
{%- endmacro %}


{#- The verdict as a sentence; over the columns of the verdict. -#}
{% macro model_verdict_reason() -%}
    case verdict
            when 'worse_than_baseline' then concat(
                'The interval of the difference to ', baseline, ' begins at ', difference_low, '.'
            )
            when 'drifted' then concat(
                'PSI is ', greatest(coalesce(feature_psi, 0), coalesce(score_psi, 0)), ', more than ',
                '{{ var('model_drift_psi') }}; it is largest in ',
                if(
                    coalesce(score_psi, 0) > coalesce(feature_psi, 0),
                    'the score', most_drifted_feature
                ), '.'
            )
            when 'stale' then concat('It was last trained ', days_since_training, ' days ago.')
            else 'Better than its baseline, no drift, trained lately.'
        end
{%- endmacro %}
