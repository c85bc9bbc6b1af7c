{#- A run's facts and events stand in several files: the row of a folder with new events is made again, the others are
    not read. -#}
{{ config(unique_key='log_folder', meta={'merge': {'prune_by': 'log_folder', 'newer': 'true'}}) }}

{% set changed = changed_days([
    {'relation': ref('stg_platform__spark_events'), 'days': 'select distinct log_folder from changed'},
    {'relation': ref('int_platform__spark_stages'), 'days': 'select distinct log_folder from changed'},
]) -%}

with events as (

    select * from {{ ref('stg_platform__spark_events') }}
    where {{ falls_in('log_folder', changed) }}

),

stage_totals as (

    select
        log_folder,
        count(*) as stage_count,
        sum(task_count) as task_count,
        sum(failed_task_count) as failed_task_count,
        cast(sum(task_seconds) as decimal(20, 3)) as task_seconds,
        try_sum(memory_bytes_spilled) as memory_bytes_spilled,
        try_sum(disk_bytes_spilled) as disk_bytes_spilled,
        max(skew_ratio) as worst_skew_ratio
    from {{ ref('int_platform__spark_stages') }}
    where {{ falls_in('log_folder', changed) }}
    group by log_folder

),

-- The only event with facts of the cluster stands in the first file of a run.
cluster_facts as (

    select
        log_folder,
        properties as facts
    from events
    where event_type = 'SparkListenerEnvironmentUpdate'
    qualify row_number() over (partition by log_folder order by event_at nulls last, record_key) = 1

),

log_runs as (

    select
        log_folder,
        min(region) as region,
        min(app_id) as app_id,
        min(app_name) as app_name,
        min(event_at) as first_event_at,
        max(event_at) as last_event_at,
        min(case when event_type = 'SparkListenerApplicationStart' then event_at end) as started_at,
        max(case when event_type = 'SparkListenerApplicationEnd' then event_at end) as ended_at,
        count(distinct source_file) as log_file_count,
        count(*) as event_count,
        count_if(event_type = 'SparkListenerJobStart') as job_count
    from events
    group by log_folder

),

{% set tag = 'spark.databricks.clusterUsageTags.' %}
applications as (

    select
        log_runs.log_folder,
        log_runs.region,
        log_runs.app_id,
        log_runs.app_name,
        cluster_facts.facts['{{ tag }}clusterId'] as cluster_id,
        coalesce(
            cluster_facts.facts['{{ tag }}orgId'], cluster_facts.facts['{{ tag }}clusterOwnerOrgId']
        ) as workspace_id,
        cluster_facts.facts['{{ tag }}cloudProvider'] as cloud,
        cluster_facts.facts['{{ tag }}region'] as cloud_region,
        cluster_facts.facts['{{ tag }}sparkVersion'] as runtime_version,
        cluster_facts.facts['{{ tag }}clusterNodeType'] as node_type,
        cluster_facts.facts['{{ tag }}driverNodeType'] as driver_node_type,
        try_cast(cluster_facts.facts['{{ tag }}clusterWorkers'] as int) as worker_count,
        log_runs.started_at,
        log_runs.ended_at,
        log_runs.first_event_at,
        log_runs.last_event_at,
        log_runs.log_file_count,
        log_runs.event_count,
        log_runs.job_count,
        coalesce(stage_totals.stage_count, 0) as stage_count,
        coalesce(stage_totals.task_count, 0) as task_count,
        coalesce(stage_totals.failed_task_count, 0) as failed_task_count,
        coalesce(stage_totals.task_seconds, 0) as task_seconds,
        coalesce(stage_totals.memory_bytes_spilled, 0) as memory_bytes_spilled,
        coalesce(stage_totals.disk_bytes_spilled, 0) as disk_bytes_spilled,
        stage_totals.worst_skew_ratio
    from log_runs
    left join cluster_facts on log_runs.log_folder = cluster_facts.log_folder
    left join stage_totals on log_runs.log_folder = stage_totals.log_folder

)

select * from applications
