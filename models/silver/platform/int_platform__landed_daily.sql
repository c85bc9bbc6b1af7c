{{ config(
    unique_key=none, incremental_strategy='replace_days', partition_by='landed_date', meta={'day': 'landed_date'}
) }}

{% set landed_days = 'select distinct cast(landed_at as date) from changed' -%}
{% set inputs = [
    {'relation': ref('int_platform__landed_files'), 'days': landed_days},
    {'relation': source('silver', 'quarantine'), 'days': landed_days},
] -%}
{% for model in telemetry_sources().values() -%}
    {%- do inputs.append({'relation': ref(model), 'days': landed_days}) -%}
{% endfor -%}
{% set event_clocks = ['event_at', 'usage_ended_at', 'period_ended_at', 'ended_at'] -%}
{% set changed = changed_days(inputs) -%}

with files_daily as (

    select
        landed_date,
        source_name,
        sum(row_count) as bronze_rows,
        sum(unreadable_count) as unreadable_rows
    from {{ ref('int_platform__landed_files') }}
    where {{ falls_in('landed_date', changed) }}
    group by all

),

records as (

    {% for source_name, model in telemetry_sources().items() %}
        select
            '{{ source_name }}' as source_name,
            landed_at,
            {{ column_or_null(model, ['rescued_fields'], 'string') }} as rescued_fields,
            {{ column_or_null(model, ['event_at', 'usage_ended_at', 'period_ended_at', 'ended_at'], 'timestamp') }}
                as event_at
        from {{ ref(model) }}
        where {{ lies_around('landed_at', changed) }}
        {% if not loop.last %} union all {% endif %}
    {% endfor %}

),

allowances as (

    {{ lateness_allowances() }}

),

-- Late: landed when the hour of the event should have been over.
records_daily as (

    select
        cast(records.landed_at as date) as landed_date,
        source_name,
        count(*) as silver_rows,
        count(records.rescued_fields) as drifted_rows,
        count(records.event_at + make_dt_interval(0, 0, 0, allowances.lateness_allowance_seconds)) as timed_rows,
        count_if(
            records.landed_at > date_trunc('hour', records.event_at) + interval 1 hour
            + make_dt_interval(0, 0, 0, allowances.lateness_allowance_seconds)
        ) as late_rows
    from records
    left join allowances using (source_name)
    where {{ falls_in('cast(records.landed_at as date)', changed) }}
    group by all

),

rejected_daily as (

    select
        cast(landed_at as date) as landed_date,
        element_at(split(source, '[.]'), -1) as source_name,
        sum(copies) as quarantined_rows
    from {{ source('silver', 'quarantine') }}
    where {{ lies_around('landed_at', changed) }} and {{ falls_in('cast(landed_at as date)', changed) }}
    group by all

),

landed_daily as (

    select
        landed_date,
        source_name,
        files_daily.bronze_rows,
        files_daily.unreadable_rows,
        coalesce(records_daily.silver_rows, 0) as silver_rows,
        coalesce(records_daily.drifted_rows, 0) as drifted_rows,
        coalesce(records_daily.timed_rows, 0) as timed_rows,
        coalesce(records_daily.late_rows, 0) as late_rows,
        coalesce(rejected_daily.quarantined_rows, 0) as quarantined_rows
    from files_daily
    left join records_daily using (landed_date, source_name)
    left join rejected_daily using (landed_date, source_name)

)

select * from landed_daily
