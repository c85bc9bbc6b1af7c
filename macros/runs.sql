{#- Identity of a run or job. Their ids are unique within a workspace only. -#}
{% macro key_in_workspace(workspace_id, id) -%}
    left(sha2(to_json(array({{ workspace_id }}, {{ id }})), 256), 32)
{%- endmacro %}


{#- The result of a run in the words of system tables, where the word comes from the Jobs API. A word that nobody knows
    stays as it is: a new one is drift, not an error. -#}
{% macro system_result_state(word) -%}
    {%- set words = {
        'SUCCESS': 'SUCCEEDED',
        'SUCCESS_WITH_FAILURES': 'SUCCEEDED',
        'CANCELED': 'CANCELLED',
        'TIMEDOUT': 'TIMED_OUT',
        'DISABLED': 'SKIPPED',
        'EXCLUDED': 'SKIPPED',
        'MAXIMUM_CONCURRENT_RUNS_REACHED': 'SKIPPED',
        'UPSTREAM_CANCELED': 'SKIPPED',
        'UPSTREAM_FAILED': 'SKIPPED',
    } -%}
    case {{ word }}
    {%- for api_word, system_word in words.items() %}
            when '{{ api_word }}' then '{{ system_word }}'
    {%- endfor %}
            else nullif({{ word }}, '')
        end
{%- endmacro %}


{#- Compute of a slice, whichever of its two columns the record has. -#}
{% macro slice_compute_ids() -%}
    coalesce(record.compute_ids, array_compact(concat(record.compute.cluster_id, record.compute.warehouse_id)))
{%- endmacro %}


{#- Microseconds of a slice that no slice of the run before it covers. Their sum is the length of the union of the
    slices, however these overlap: a run that was cut in both alignments counts once. -#}
{% macro uncovered_micros(run) -%}
    greatest(
            0,
            unix_micros(period_ended_at) - greatest(
                unix_micros(period_started_at),
                max(unix_micros(period_ended_at)) over (
                    partition by {{ run }}
                    order by period_started_at, period_ended_at
                    rows between unbounded preceding and 1 preceding
                )
            )
        )
{%- endmacro %}


{#- Days on which the runs in `changed` have anything: those of the changed rows, and those that the known rows of the
    same runs were made of. All that is known of a run stands in these days.

    day  day of the changed rows, where they are slices or notifications
    on   column that names the runs: their key, or the workspace whose runs are all concerned -#}
{% macro days_of_touched_runs(on, day=none) -%}
    {%- if day %} select {{ day }} from changed union {%- endif %}
    select explode(known.seen_dates)
    from {{ this }} as known
    inner join changed on known.{{ on }} = changed.{{ on }}
{%- endmacro %}


{#- Keys of the runs that new parts, or a new home of their workspace, touch.

    run_key  column that names the run
    parts    relations whose rows belong to runs
    homes    the regions of workspaces -#}
{% macro touched_runs(run_key, parts, homes) -%}
    {%- for relation in parts %}
    select {{ run_key }} from {{ changes(relation) }}
    {% if not loop.last %} union distinct {% endif %}
    {%- endfor %}
    {%- if is_incremental() %}
    union distinct
    select known.{{ run_key }}
    from {{ this }} as known
    inner join {{ changes(homes) }} as moved on known.workspace_id = moved.workspace_id
    {%- endif %}
{%- endmacro %}


{#- Days with runs of a job that a changed version calls otherwise. Over `changed`, changed versions of jobs. -#}
{% macro days_of_renamed_jobs() -%}
    select distinct known.run_date
    from {{ this }} as known
    inner join changed on known.workspace_id = changed.workspace_id and known.job_id = changed.job_id
    where known.job_name is distinct from changed.job_name
{%- endmacro %}
