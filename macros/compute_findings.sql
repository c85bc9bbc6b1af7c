{#- What could be saved on a cluster in a day, one row per kind: node-hours, split by driver and workers, and a sentence.

    efficiency      CTE with ops_cluster_efficiency_daily
    spark_findings  CTE with int_platform__spark_findings -#}
{% macro compute_findings(efficiency, spark_findings) -%}
    {%- set of_metrics = 'is_partial, regions_missing, completeness_pct' -%}
    {#- The ledger does not know the logs of Spark: nobody says when they are whole. -#}
    {%- set of_logs = 'true as is_partial, cast(null as array<string>) as regions_missing, '
        ~ 'cast(null as decimal(5, 2)) as completeness_pct' -%}
    {%- set unknown_cloud = 'cast(null as string) as cloud' -%}
    {{ finding('idle', 'metric_date', unknown_cloud, 'idle_driver_hours', 'idle_worker_hours', [
        "'It ran for '", 'running_minutes', "' minutes and was idle for '", 'idle_minutes',
        "' of them: let it end itself after fewer than " ~ compute_threshold('idle_minutes') ~ " idle minutes.'",
    ], of_metrics, efficiency, 'idle_minutes > 0') }}
    union all
    {{ finding('oversized', 'metric_date', unknown_cloud, 'cast(0 as decimal(20, 6))', 'removable_worker_hours', [
        "'With '", 'busy_worker_count', "' workers its p95 was '", 'busy_p95_cpu_percent', "' % CPU and '",
        'busy_p95_memory_percent', "' % memory: '", 'busy_worker_count - removable_workers', "' would do.'",
    ], of_metrics, efficiency, 'removable_workers > 0') }}
    union all
    {{ finding('spill', 'finding_date', 'cloud', 'spill_hours', 'spill_hours * worker_count', [
        "'Spark spilled '", 'round(disk_bytes_spilled / 1073741824, 1)',
        "' GiB to disk: take nodes with more memory, or more partitions.'",
    ], of_logs, spark_findings, 'disk_bytes_spilled >= ' ~ compute_threshold('spill_gib') ~ ' * 1073741824') }}
    union all
    {{ finding('skew', 'finding_date', 'cloud', 'waited_hours', 'waited_hours * worker_count', [
        "'In '", 'skewed_stage_count', "' stages one task took up to '", 'worst_skew_ratio',
        "' times the median and the rest waited: repartition, or let adaptive execution split the skewed keys.'",
    ], of_logs, spark_findings, 'skewed_stage_count > 0') }}
{%- endmacro %}


{% macro finding(kind, day, cloud, driver_hours, worker_hours, words, flags, from_rows, condition) -%}
    select
        {{ day }} as recommendation_date,
        workspace_id,
        region,
        cluster_id,
        '{{ kind }}' as kind,
        {{ cloud }},
        driver_node_type,
        worker_node_type,
        cast({{ driver_hours }} as decimal(20, 6)) as driver_hours,
        cast(coalesce({{ worker_hours }}, 0) as decimal(20, 6)) as worker_hours,
        concat({{ words | join(', ') }}) as recommendation,
        {{ flags }}
    from {{ from_rows }}
    where {{ condition }}
{%- endmacro %}


{#- DBUs per hour out of a joined CTE with a map of rates by cloud; without a cloud the only rate that there is. -#}
{% macro rate_of(rates, cloud) -%}
    coalesce(
            try_element_at({{ rates }}.by_cloud, {{ cloud }}),
            if({{ cloud }} is null and size({{ rates }}.by_cloud) = 1, get(map_values({{ rates }}.by_cloud), 0), null)
        )
{%- endmacro %}


{#- The inputs of int_platform__priced_usage_records with the days that their changes touch, for changed_days(). -#}
{% macro inputs_of_priced_usage() -%}
    {%- set records = ref('int_platform__usage_records') -%}
    {%- set usage_days = 'select distinct usage_date from changed' -%}
    {{ return([
        {'relation': ref('stg_platform__billing_usage'), 'days': usage_days},
        {'relation': ref('stg_platform__billable_usage'), 'days': usage_days},
        {'relation': ref('int_platform__price_books'), 'days': repriced_days(records)},
        {
            'relation': ref('int_platform__time_sectors'),
            'days': days_with_new_verdicts(['billing_usage', 'billable_usage']),
        },
        {'relation': ref('int_platform__workspace_regions'), 'days': days_of_moved_workspaces(records)},
    ]) }}
{%- endmacro %}
