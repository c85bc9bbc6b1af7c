{{ config(partition_by='landed_date', meta={'day': 'landed_date', 'owner': 'Platform team'}) }}

{% set landed_daily = ref('int_platform__landed_daily') -%}
{% set changed = changed_days([
    {
        'relation': landed_daily,
        'days': days_to_judge(landed_daily, 'landed_date', series='source_name', ends_together=true),
    },
]) -%}

with landed_daily as (

    select * from {{ landed_daily }}
    where {{ falls_from('landed_date', changed, compared_days()) }}

),

-- Whole on purpose: a source's calendar begins with its first day, and ends with the newest day of any source, so that
-- one that falls silent is missed while others still deliver.
sources as (

    select
        source_name,
        min(landed_date) as first_date
    from {{ landed_daily }}
    group by source_name

),

newest as (

    select max(landed_date) as last_date from {{ landed_daily }}

),

calendar as (

    select
        sources.source_name,
        newest.last_date,
        explode(sequence(sources.first_date, newest.last_date)) as landed_date
    from sources
    cross join newest

),

figures as (

    select
        calendar.landed_date,
        calendar.source_name,
        'rows' as metric,
        -- The newest day may go on.
        calendar.landed_date >= calendar.last_date as is_partial,
        coalesce(landed_daily.bronze_rows, 0) as size,
        cast(coalesce(landed_daily.bronze_rows, 0) as decimal(24, 4)) as value
    from calendar
    left join landed_daily using (source_name, landed_date)
    where {{ falls_from('calendar.landed_date', changed, compared_days()) }}

),

judged as (

    {{ robust_anomalies('figures', 'source_name', 'landed_date') }}

),

volume_anomalies as (

    select
        landed_date,
        source_name,
        metric,
        {{ anomaly_columns('source_name', 'landed_date') }},
        is_partial,
        cast(array() as array<string>) as regions_missing,
        cast(if(is_partial, 0, 100) as decimal(5, 2)) as completeness_pct,
        current_timestamp() as as_of
    from judged
    where {{ falls_in('landed_date', changed) }}

)

select * from volume_anomalies
