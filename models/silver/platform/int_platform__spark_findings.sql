{{ config(materialized='view') }}

with stages as (

    select * from {{ ref('int_platform__spark_stages') }}
    where completed_at is not null

),

applications as (

    select * from {{ ref('int_platform__spark_applications') }}
    where cluster_id is not null

),

-- Spilled bytes are written once and read once. Where one task outlasts the rest, the stage waits for it: with even
-- tasks it would have taken as long as the mean one.
measured as (

    select
        applications.workspace_id,
        applications.cluster_id,
        applications.region,
        applications.cloud,
        applications.driver_node_type,
        applications.node_type as worker_node_type,
        applications.worker_count,
        cast(stages.completed_at as date) as finding_date,
        stages.disk_bytes_spilled,
        stages.skew_ratio,
        2 * stages.disk_bytes_spilled / {{ compute_threshold('spill_mib_per_second') }} / 1048576
        / greatest(applications.worker_count, 1) as spill_seconds,
        if(
            stages.skew_ratio >= {{ compute_threshold('skew_ratio') }}
            and stages.max_task_seconds >= {{ compute_threshold('skew_seconds') }},
            stages.max_task_seconds - stages.task_seconds / nullif(stages.task_count, 0),
            0
        ) as waited_seconds
    from stages
    inner join applications on stages.log_folder = applications.log_folder

),

daily as (

    select
        finding_date,
        workspace_id,
        cluster_id,
        max(region) as region,
        max(cloud) as cloud,
        max(driver_node_type) as driver_node_type,
        max(worker_node_type) as worker_node_type,
        max(worker_count) as worker_count,
        try_sum(disk_bytes_spilled) as disk_bytes_spilled,
        sum(spill_seconds) as spill_seconds,
        count_if(waited_seconds > 0) as skewed_stage_count,
        max(if(waited_seconds > 0, skew_ratio, null)) as worst_skew_ratio,
        sum(waited_seconds) as waited_seconds
    from measured
    group by finding_date, workspace_id, cluster_id

),

findings as (

    select
        finding_date,
        workspace_id,
        cluster_id,
        region,
        upper(cloud) as cloud,
        driver_node_type,
        worker_node_type,
        worker_count,
        disk_bytes_spilled,
        skewed_stage_count,
        worst_skew_ratio,
        cast(spill_seconds / 3600 as decimal(20, 6)) as spill_hours,
        cast(waited_seconds / 3600 as decimal(20, 6)) as waited_hours
    from daily
    where
        disk_bytes_spilled >= {{ compute_threshold('spill_gib') }} * 1073741824
        or skewed_stage_count > 0

)

select * from findings
