{#- What came other than declared in the last 14 days of drift, newest first; what was never seen before stands out. #}
with newest as (

    select max(drift_date) as newest_date from {{ ref('ops_drift') }}

),

drift as (

    select * from {{ ref('ops_drift') }}
    where drift_date > date_sub((select newest.newest_date from newest), 14)

),

recent_drift as (

    select
        source_name,
        kind,
        subject,
        max(drift_date) as last_drift_date,
        min(first_seen_at) as first_seen_at,
        cast(min(first_seen_at) as date) >= min(drift_date) as is_new,
        count(*) as day_count,
        sum(record_count) as record_count,
        array_sort(array_distinct(flatten(collect_list(regions)))) as regions,
        max_by(example_type, drift_date) as example_type,
        max_by(example_file, drift_date) as example_file
    from drift
    group by source_name, kind, subject

)

select * from recent_drift
order by last_drift_date desc, record_count desc, source_name asc, kind asc, subject asc
