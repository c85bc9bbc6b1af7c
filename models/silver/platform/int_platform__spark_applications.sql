{#- Few rows (one per run of a driver) from many events: made whole at every build. -#}
{{ config(materialized='table') }}

with events as (

    select * from {{ ref('stg_platform__spark_events') }}

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
        log_runs.job_count
    from log_runs
    left join cluster_facts on log_runs.log_folder = cluster_facts.log_folder

)

select * from applications
