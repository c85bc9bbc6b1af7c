{#- Made anew from all slices of the run, as runs of jobs are (docs/decisions/0011-runs-are-made-anew.md). -#}
{{ config(
    unique_key='task_run_key',
    partition_by='run_date',
    meta={'merge': {'kept_on': 'run_date', 'newer': 'differs'}},
) }}

{% set task_slices = ref('stg_platform__job_task_runs') -%}
{% set regions = ref('int_platform__workspace_regions') -%}
{% set changed = changed_days([
    {'relation': task_slices, 'days': days_of_touched_runs('task_run_key', 'period_date')},
    {'relation': regions, 'days': days_of_touched_runs('workspace_id')},
]) -%}

with touched_runs as (

    {{ touched_runs('task_run_key', [task_slices], regions) }}

),

workspace_regions as (

    select * from {{ regions }}

),

touched_slices as (

    select slices.* from {{ task_slices }} as slices
    left semi join touched_runs on slices.task_run_key = touched_runs.task_run_key
    where {{ falls_in('slices.period_date', changed) }}

),

slices as (

    select
        *,
        {{ uncovered_micros('task_run_key') }} as uncovered_micros,
        result_state is not null as is_closing,
        struct(account_id, workspace_id, region, job_id, job_run_id, task_run_id, task_key) as run
    from touched_slices

),

assembled as (

    select
        task_run_key,
        max_by(run, struct(period_ended_at, period_started_at)) as run,
        array_sort(array_distinct(flatten(collect_list(compute_ids)))) as compute_ids,
        min(period_started_at) as started_at,
        max(period_ended_at) as last_seen_at,
        cast(min(period_started_at) as date) as run_date,
        sum(uncovered_micros) div 1000000 as run_seconds,
        max_by(result_state, struct(period_ended_at, period_started_at)) filter (where is_closing) as result_state,
        max(if(is_closing, period_ended_at, null)) <=> max(period_ended_at) as is_finished,
        count(*) as slice_count,
        array_sort(collect_set(period_date)) as seen_dates
    from slices
    group by task_run_key

),

job_task_runs as (

    select
        assembled.task_run_key,
        assembled.run.account_id,
        assembled.run.workspace_id,
        coalesce(home.region, assembled.run.region) as region,
        assembled.run.job_id,
        assembled.run.job_run_id,
        assembled.run.task_run_id,
        assembled.run.task_key,
        assembled.compute_ids,
        assembled.started_at,
        if(assembled.is_finished, assembled.last_seen_at, null) as ended_at,
        assembled.run_date,
        assembled.run_seconds,
        assembled.result_state,
        assembled.is_finished,
        assembled.slice_count,
        assembled.seen_dates
    from assembled
    left join workspace_regions as home on assembled.run.workspace_id = home.workspace_id

)

select * from job_task_runs
