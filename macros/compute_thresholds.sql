{#- From when on something about compute is worth a recommendation. Each is a dbt variable; these are the defaults, and
    the descriptions of ops_compute_recommendations and ops_cluster_efficiency_daily say what each one means. -#}
{% macro compute_threshold(name) -%}
    {%- set defaults = {
        'idle_cpu_percent': 5,
        'idle_minutes': 30,
        'oversized_cpu_percent': 30,
        'oversized_memory_percent': 40,
        'oversized_minutes': 60,
        'target_load_percent': 60,
        'spill_gib': 1,
        'spill_mib_per_second': 100,
        'skew_ratio': 5,
        'skew_seconds': 60,
    } -%}
    {{ return(var(name, defaults[name])) }}
{%- endmacro %}


{#- Days on which an interval of a cluster's states has changed, up to the last day of metrics. Over `changed`, changed
    states: of an interval that only ends at another time, the days between the two ends. -#}
{% macro days_of_changed_intervals(metrics) -%}
    select explode(sequence(cast(from_at as date), cast(to_at as date))) as metric_date
    from (
        select
            if(
                bool_and(_change_type like 'update%')
                and count(distinct struct(worker_count, is_running, workspace_id)) = 1,
                min(coalesce(changed.ended_at, newest.ended_at)),
                min(changed.started_at)
            ) as from_at,
            max(coalesce(changed.ended_at, newest.ended_at)) as to_at
        from changed
        cross join (select max(ended_at) as ended_at from {{ metrics }}) as newest
        group by state_key
    )
    where from_at <= to_at
{%- endmacro %}
