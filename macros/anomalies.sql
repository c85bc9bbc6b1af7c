{#- Anomalies of a figure per day: how far it is from the median of the same weekday in the weeks before, in median absolute
    deviations. Why not mean and standard deviation: docs/decisions/0039-robust-anomalies.md. -#}

{#- Days whose verdict changed days of a relation can move: themselves and those that they are compared with, for as many
    weeks as are compared; days that enter or leave the calendar between a series' first day and its last; and the day
    that was its last, which was partial. Over `changed`.

    series         expression that names the series, where each begins on a day of its own
    ends_together  whether all series end with the newest of them, else each by itself -#}
{% macro days_to_judge(relation, day, series="'all'", ends_together=false) -%}
    select explode(sequence(
        least(moved.first_date, known.last_date, current.last_date),
        greatest(moved.last_date, known.last_date, least(current.last_date, date_add(
            if(
                moved.first_date <= known.first_date,
                greatest(moved.last_date, known.first_date, current.first_date), moved.last_date
            ),
            {{ compared_days() }}
        )))
    ))
    from (
        select {{ series }} as series, min({{ day }}) as first_date, max({{ day }}) as last_date from changed group by all
    ) as moved
    left join (
        select {{ series }} as series, min({{ day }}) as first_date, max({{ day }}) as last_date from {{ this }} group by all
    ) as known using (series)
    left join (
        select
            {{ series }} as series,
            min({{ day }}) as first_date,
            {{ '(select max(' ~ day ~ ') from ' ~ relation ~ ')' if ends_together else 'max(' ~ day ~ ')' }} as last_date
        from {{ relation }}
        group by all
    ) as current using (series)
{%- endmacro %}


{#- How many days back a day is compared. -#}
{% macro compared_days() -%} {{ return(7 * (var('anomaly_weeks') | int)) }} {%- endmacro %}


{#- From a CTE with every day of each series, `value` and `size` (how many things the value is of), to one with its
    verdict: past_count, expected_value, usual_spread, robust_z, is_missing_day, is_unexpected, severity.

    days    the CTE; its column is_partial keeps a day from being judged
    series  columns that name a series -#}
{% macro robust_anomalies(days, series, day) -%}
    select
        *,
        {{ anomaly_severity() }} as severity
    from (
        select
            *,
            try_cast((value - expected_value) / nullif(usual_spread, 0) as decimal(18, 4)) as robust_z,
            -- Nothing, where three in four of those days had something.
            value = 0 and size(filter(past_values, past -> past <> 0)) >= 0.75 * past_count as is_missing_day,
            value <> 0 and usual_spread = 0 as is_unexpected
        from (
            select
                *,
                cast(greatest(
                    1.4826 * {{ array_median('transform(past_values, past -> abs(past - expected_value))') }},
                    abs(expected_value) * greatest({{ var('anomaly_floor_share') }}, 1 / sqrt(greatest(expected_size, 1)))
                ) as decimal(24, 4)) as usual_spread
            from (
                select
                    *,
                    size(past_values) as past_count,
                    cast({{ array_median('past_values') }} as decimal(24, 4)) as expected_value,
                    {{ array_median('past_sizes') }} as expected_size
                from ({{ with_same_weekdays(days, series, day) }})
            )
        )
    )
{%- endmacro %}


{#- Each day with the values of the same weekday in the weeks before; the calendar has no gaps, so rows are weeks. -#}
{% macro with_same_weekdays(days, series, day) -%}
    select
        *,
        collect_list(value) over same_weekdays as past_values,
        collect_list(size) over same_weekdays as past_sizes
    from {{ days }}
    window same_weekdays as (
        partition by {{ series }}, weekday({{ day }}) order by {{ day }}
        rows between {{ var('anomaly_weeks') | int }} preceding and 1 preceding
    )
{%- endmacro %}


{% macro anomaly_severity() -%}
    case
            when is_partial or past_count < {{ var('anomaly_min_weeks') }} then null
            when abs(robust_z) >= {{ var('anomaly_z_critical') }} then 'CRITICAL'
            when abs(robust_z) >= {{ var('anomaly_z_high') }} or is_missing_day then 'HIGH'
            when abs(robust_z) >= {{ var('anomaly_z_medium') }} or is_unexpected then 'MEDIUM'
            when abs(robust_z) >= {{ var('anomaly_z_low') }} then 'LOW'
        end
{%- endmacro %}


{#- The columns that every mart of anomalies has, out of what robust_anomalies gave.

    of  expression: whose figure it is, as a person calls it -#}
{% macro anomaly_columns(of, day) -%}
    {%- set judged = 'past_count >= ' ~ var('anomaly_min_weeks') -%}
    {%- set band = var('anomaly_z_low') ~ ' * usual_spread' -%}
    value,
        past_count,
        if({{ judged }}, expected_value, null) as expected_value,
        if({{ judged }}, usual_spread, null) as usual_spread,
        if({{ judged }}, cast(expected_value - {{ band }} as decimal(24, 4)), null) as lower_bound,
        if({{ judged }}, cast(expected_value + {{ band }} as decimal(24, 4)), null) as upper_bound,
        if(not is_partial and {{ judged }}, robust_z, null) as robust_z,
        if(not is_partial and {{ judged }}, severity is not null, null) as is_anomaly,
        severity,
        if(severity is not null, if(value > expected_value, 'above', 'below'), null) as direction,
        if(severity is not null, {{ anomaly_explanation(of, day) }}, null) as explanation
{%- endmacro %}


{#- One sentence for whoever is on duty. -#}
{% macro anomaly_explanation(of, day) -%}
    {%- set number = "'#,##0.##'" -%}
    concat(
            metric, ' of ', {{ of }}, ' on ', date_format({{ day }}, 'EEEE yyyy-MM-dd'),
            if(metric = 'revenue', ' was ', ' were '),
            if(is_missing_day, 'missing', format_number(value, {{ number }})),
            '; the ', past_count, ' ', date_format({{ day }}, 'EEEE'), 's before had ',
            case
                when is_unexpected then 'none'
                else concat(
                    format_number(expected_value, {{ number }}), ' ± ', format_number(usual_spread, {{ number }}),
                    if(
                        is_missing_day, '',
                        concat(
                            ': ', format_number(abs(robust_z), '#,##0.0'), ' times the usual spread ',
                            if(value > expected_value, 'above', 'below')
                        )
                    )
                )
            end
        )
{%- endmacro %}
