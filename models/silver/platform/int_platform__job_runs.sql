{#- Every run that new slices, notifications or a new home of its workspace touch is made anew from all that is known of
    it (docs/decisions/0011-runs-are-made-anew.md). -#}
{{ config(unique_key='run_key', partition_by='run_date', meta={'merge': {'kept_on': 'run_date', 'newer': 'differs'}}) }}

{% set slices = ref('stg_platform__job_runs') -%}
{% set webhooks = ref('stg_platform__job_webhooks') -%}
{% set regions = ref('int_platform__workspace_regions') -%}
{% set changed = changed_days([
    {'relation': slices, 'days': days_of_touched_runs('run_key', 'period_date')},
    {'relation': webhooks, 'days': days_of_touched_runs('run_key', 'received_date')},
    {'relation': regions, 'days': days_of_touched_runs('workspace_id')},
]) -%}

with touched_runs as (

    {{ touched_runs('run_key', [slices, webhooks], regions) }}

),

touched_parts as (

    select parts.* from {{ ref('int_platform__job_run_parts') }} as parts
    left semi join touched_runs on parts.run_key = touched_runs.run_key
    where {{ falls_in('parts.period_date', changed) }}

),

parts as (

    select
        *,
        {{ uncovered_micros('run_key, result_source') }} as uncovered_micros,
        result_state is not null as is_closing,
        struct(account_id, workspace_id, region, job_id, run_id, run_type, run_name, trigger_type) as run,
        struct(result_state, termination_code, queue_seconds, setup_seconds, execution_seconds) as closing
    from touched_parts

),

-- The result is that of the last closing part. A repair adds parts to its run; each attempt has a closing one.
-- Where there are slices, notifications have nothing to add.
assembled as (

    select
        run_key,
        result_source,
        max_by(run, struct(period_ended_at, period_started_at, run)) as run,
        max_by(closing, struct(period_ended_at, period_started_at, closing)) filter (where is_closing) as closing,
        array_sort(array_distinct(flatten(collect_list(compute_ids)))) as compute_ids,
        min(period_started_at) as started_at,
        max(period_ended_at) as last_seen_at,
        max(if(is_closing, period_ended_at, null)) <=> max(period_ended_at) as is_finished,
        count(distinct if(is_closing, period_ended_at, null)) as closed_attempts,
        sum(uncovered_micros) as uncovered_micros,
        count(*) as slice_count,
        array_sort(collect_set(period_date)) as seen_dates,
        max(landed_at) as last_landed_at
    from parts
    group by run_key, result_source
    qualify row_number() over (partition by run_key order by result_source) = 1

),

measured as (

    select
        *,
        closed_attempts + if(is_finished, 0, 1) as attempt_count,
        -- Of a single notification nobody can tell how long the run took.
        case
            when result_source = 'timeline' then uncovered_micros
            when slice_count > 1 then unix_micros(last_seen_at) - unix_micros(started_at)
        end as run_micros
    from assembled

),

job_runs as (

    select
        run_key,
        run.account_id,
        run.workspace_id,
        run.region,
        run.job_id,
        run.run_id,
        run.run_type,
        run.run_name,
        run.trigger_type,
        compute_ids,
        started_at,
        if(is_finished, last_seen_at, null) as ended_at,
        last_seen_at,
        cast(started_at as date) as run_date,
        run_micros div 1000000 as run_seconds,
        closing.queue_seconds,
        closing.setup_seconds,
        closing.execution_seconds,
        closing.result_state,
        closing.termination_code,
        is_finished,
        result_source = 'webhook' or run_micros > 0 as has_started,
        slice_count,
        attempt_count,
        attempt_count > 1 as is_repaired,
        result_source,
        seen_dates,
        last_landed_at
    from measured

)

select * from job_runs
