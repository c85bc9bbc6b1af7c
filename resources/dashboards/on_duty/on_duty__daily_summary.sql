{#- A row for each of the last days: what ran, came in, was rejected and failed, and what the tables were worth. -#}
with log as (

    select
        *,
        cast(logged_at as date) as day
    from {{ as_built(source('operations', 'platform_logs')) }}
    where logged_at > timestampadd(day, -{{ var('duty_days') }}, current_timestamp())

),

runs as (

    select
        day,
        count(distinct if(component = 'ingest', run_id, null)) as ingest_runs,
        count(distinct if(component = 'dbt', run_id, null)) as dbt_runs,
        sum(if(component = 'ingest', files, 0)) as files_landed,
        sum(if(component = 'ingest', rows_out, 0)) as rows_landed,
        count_if(component = 'ingest' and status in ('failed', 'held off')) as failed_sources,
        count_if(component = 'dbt' and status = 'failed' and startswith(subject, 'dbt ')) as failed_dbt_runs,
        count_if(component = 'rollback') as tables_taken_back,
        cast(round(sum(if(component = 'dbt' and startswith(subject, 'dbt '), seconds, 0))) as bigint) as dbt_seconds
    from log
    group by day

),

rejected as (

    select
        cast(ingested_at as date) as day,
        sum(copies) as rejected_rows,
        count(distinct source, quarantine_reason) as rejection_reasons
    from {{ as_built(source('silver', 'quarantine')) }}
    where ingested_at > timestampadd(day, -{{ var('duty_days') }}, current_timestamp())
    group by cast(ingested_at as date)

),

quality as (

    select
        measured_date as day,
        min(score) as lowest_score,
        min_by(concat_ws(' ', layer, domain), score) as lowest_layer
    from {{ as_built(ref('ops_layer_quality')) }}
    group by measured_date

),

daily_summary as (

    select
        case
            when runs.dbt_runs > 0 and runs.failed_dbt_runs = runs.dbt_runs then 'CRITICAL'
            when runs.failed_dbt_runs > 0 or runs.failed_sources > 0 or runs.tables_taken_back > 0 then 'HIGH'
            when rejected.rejected_rows > 0 then 'MEDIUM'
        end as severity,
        runs.*,
        coalesce(rejected.rejected_rows, 0) as rejected_rows,
        coalesce(rejected.rejection_reasons, 0) as rejection_reasons,
        quality.lowest_score,
        quality.lowest_layer
    from runs
    left join rejected using (day)
    left join quality using (day)

)

select * from daily_summary
order by day desc
