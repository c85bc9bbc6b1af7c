{{ config(
    unique_key=none, incremental_strategy='replace_days', partition_by='drift_date', meta={'day': 'drift_date'}
) }}

{% set inputs = [
    {'relation': source('silver', 'quarantine'), 'days': 'select distinct cast(landed_at as date) from changed'},
] -%}
{% for model in telemetry_sources().values() -%}
    {%- do inputs.append({'relation': ref(model), 'days': drifted_days(model)}) -%}
{% endfor -%}
{% set changed = changed_days(inputs) -%}

with drifted as (

    {% for source_name, model in telemetry_sources().items() -%}
        {{ drifted_rows(source_name, model, changed) }}
    {% endfor %}
    select
        cast(landed_at as date) as drift_date,
        element_at(split(source, '[.]'), -1) as source_name,
        'quarantined' as kind,
        quarantine_reason as subject,
        cast(null as string) as value_type,
        region,
        landed_at,
        source_file,
        copies as record_count
    from {{ source('silver', 'quarantine') }}
    where {{ lies_around('landed_at', changed) }}

),

drift_daily as (

    select
        drift_date,
        source_name,
        kind,
        subject,
        sum(record_count) as record_count,
        min(landed_at) as first_seen_at,
        max(landed_at) as last_seen_at,
        array_sort(collect_set(region)) as regions,
        min(struct(landed_at, source_file, value_type)).value_type as example_type,
        min(struct(landed_at, source_file, value_type)).source_file as example_file
    from drifted
    where {{ falls_in('drift_date', changed) }}
    group by all

)

select * from drift_daily
