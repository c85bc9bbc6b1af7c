{#- The days found and so many after them: a day of spend counts in the comparisons of those. -#}
{% macro with_days_after(days, count) -%}
    select explode(sequence(day, date_add(day, {{ count }}))) from ({{ days }}) as found (day)
{%- endmacro %}


{#- What spend of a day depends on: spend of that day and of those before it, and what the ledger says of them. -#}
{% macro changed_spend(days_after) -%}
    {{ return(changed_days([
        {
            'relation': ref('int_platform__spend_hourly'),
            'days': with_days_after('select distinct usage_date from changed', days_after),
        },
        {
            'relation': ref('int_platform__time_sectors'),
            'days': with_days_after(days_with_new_flags(['billing_usage', 'billable_usage']), days_after),
        },
    ])) }}
{%- endmacro %}


{#- Standard deviations between a cost and the mean of the days before; null where they are too few or all the same. -#}
{% macro anomaly_score(cost, history) -%}
    case
            when {{ history }}.past_day_count >= {{ var('anomaly_min_days') }} and {{ history }}.stddev_cost > 0
                then cast(
                    (coalesce({{ cost }}, 0) - {{ history }}.mean_cost) / {{ history }}.stddev_cost as decimal(18, 4)
                )
        end
{%- endmacro %}
