{#- Days are recomputed whole, as in gold: a slice of one task touches the share of every other task of the run. -#}
{{ config(incremental_strategy='replace_days', partition_by='hour_date', meta={'day': 'hour_date'}) }}

{% set changed = changed_days([
    {
        'relation': ref('stg_platform__job_task_runs'),
        'days': 'select explode(sequence(period_date, cast(period_ended_at as date))) as hour_date from changed',
    },
    {
        'relation': ref('int_platform__time_sectors'),
        'days': 'select explode(array(sector_date, date_add(sector_date, 1))) as hour_date from ('
            ~ days_with_new_verdicts(['job_task_runs']) ~ ')',
    },
]) -%}

-- A slice lasts an hour by its definition, and is taken for as long as it says: one of an earlier day may reach into a
-- changed one.
with slices as (

    select * from {{ ref('stg_platform__job_task_runs') }}
    where
        job_run_id is not null
        and period_ended_at > period_started_at
        and {{ reaches_into('period_date', 'period_ended_at', changed) }}

),

hours as (

    select
        *,
        explode(sequence(
            date_trunc('hour', period_started_at),
            date_trunc('hour', period_ended_at - interval 1 microsecond),
            interval 1 hour
        )) as hour_at
    from slices

),

in_the_hour as (

    select
        account_id,
        workspace_id,
        job_run_id,
        task_key,
        hour_at,
        greatest(period_started_at, hour_at) as started_at,
        least(period_ended_at, hour_at + interval 1 hour) as ended_at
    from hours

),

-- Slices of a repair, of a for-each iteration or of both alignments may overlap: time counts once.
beyond_earlier_slices as (

    select
        *,
        max(ended_at) over (
            partition by workspace_id, job_run_id, task_key, hour_at
            order by started_at, ended_at
            rows between unbounded preceding and 1 preceding
        ) as covered_until
    from in_the_hour

),

task_hours as (

    select
        cast(hour_at as date) as hour_date,
        max(account_id) as account_id,
        workspace_id,
        job_run_id,
        task_key,
        hour_at,
        sum(greatest(unix_millis(ended_at) - unix_millis(greatest(started_at, covered_until)), 0)) as running_ms
    from beyond_earlier_slices
    group by all

),

sectors as (

    select
        sector_started_at,
        bool_and(is_hour_complete) as is_complete
    from {{ ref('int_platform__time_sectors') }}
    where source_name = 'job_task_runs'
    group by sector_started_at

),

-- A slice counts for the sector in which it starts, and one from the hour before may reach into the hour.
job_task_hours as (

    select
        task_hours.*,
        sum(task_hours.running_ms) over (
            partition by task_hours.workspace_id, task_hours.job_run_id, task_hours.hour_at
        ) as run_running_ms
    from task_hours
    inner join sectors as this_hour on task_hours.hour_at = this_hour.sector_started_at
    left join sectors as hour_before on task_hours.hour_at - interval 1 hour = hour_before.sector_started_at
    where
        this_hour.is_complete
        and coalesce(hour_before.is_complete, true)
        and task_hours.running_ms > 0
        and {{ falls_in('task_hours.hour_date', changed) }}

)

select * from job_task_hours
