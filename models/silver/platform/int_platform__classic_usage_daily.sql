{{ config(materialized='view') }}

with usage_records as (

    select * from {{ ref('int_platform__complete_usage_records') }}
    where cluster_id is not null and usage_unit = 'DBU' and not is_serverless

),

hours as (

    select * from {{ ref('int_platform__compared_hours') }}

),

first_states as (

    select
        workspace_id,
        cluster_id,
        cast(min(started_at) as date) as first_date
    from {{ ref('int_platform__cluster_states') }}
    group by all

),

daily as (

    select
        usage_records.usage_date,
        usage_records.workspace_id,
        usage_records.cluster_id,
        max(usage_records.account_id) as account_id,
        max(usage_records.region) as region,
        max(usage_records.cloud) as cloud,
        max(usage_records.node_type) as node_type,
        cast(sum(usage_records.usage_quantity) as decimal(34, 24)) as usage_quantity
    from usage_records
    inner join hours
        on
            usage_records.usage_date = hours.usage_date
            and date_trunc('hour', usage_records.usage_started_at) = hours.hour_started_at
    group by usage_records.usage_date, usage_records.workspace_id, usage_records.cluster_id

),

classic_usage_daily as (

    select
        daily.*,
        coalesce(first_states.first_date <= daily.usage_date, false) as has_events
    from daily
    left join first_states using (workspace_id, cluster_id)

)

select * from classic_usage_daily
