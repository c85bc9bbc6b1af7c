{#- Few rows, computed whole. It names runs and has no money, so it need not wait for complete hours. -#}
{{ config(
    incremental_strategy='mirror', unique_key='break_key', meta={'reads_incomplete': 'names runs, has no money'}
) }}

with job_runs as (

    select * from {{ whole(ref('int_platform__job_runs')) }}
    where result_source = 'timeline'

),

-- The clock is the newest slice of any run, not the time of the build: a build again finds the same.
seen as (

    select
        *,
        if(is_finished, last_seen_at, max(last_seen_at) over ()) as lasted_until_at
    from job_runs

),

-- One row for each month that it reaches into: it blocks the close of each.
run_breaks as (

    select
        concat_ws('|', run_key, date_format(month_at, 'yyyy-MM')) as break_key,
        run_key,
        cast(greatest(month_at, started_at) as date) as usage_date,
        account_id,
        'run_longer_than_30_days' as break_type,
        concat('job run ', run_id, ' in workspace ', workspace_id) as subject,
        region,
        cast(null as decimal(34, 24)) as usage_quantity,
        concat(
            {{ break_sentence("'run_longer_than_30_days'") }},
            ' (job ', coalesce(job_id, 'unknown'), ', started ', date_format(started_at, 'yyyy-MM-dd HH:mm'),
            if(is_finished, ', ended ', ', last seen '), date_format(last_seen_at, 'yyyy-MM-dd HH:mm'), ')'
        ) as detail
    from seen
        lateral view explode(sequence(
            date_trunc('month', started_at), date_trunc('month', lasted_until_at), interval 1 month
        )) as month_at
    where lasted_until_at > started_at + interval 30 days

)

select * from run_breaks
