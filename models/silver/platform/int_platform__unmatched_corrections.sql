{{ config(incremental_strategy='replace_days', partition_by='usage_date', meta={'day': 'usage_date'}) }}

{% set changed = changed_days([
    {'relation': ref('stg_platform__billing_usage'), 'days': 'select distinct usage_date from changed'},
    {
        'relation': ref('int_platform__workspace_regions'),
        'days': days_of_moved_workspaces(ref('int_platform__usage_records')),
    },
]) -%}

with usage_records as (

    select * from {{ ref('int_platform__usage_records') }}
    where source_name = 'billing_usage' and {{ falls_in('usage_date', changed) }}

),

-- A correction has no pointer to what it corrects: it is told by the same usage, that is by equal dimensions.
counted as (

    select
        usage_date,
        account_id,
        workspace_id,
        region,
        sku_name,
        usage_unit,
        usage_started_at,
        usage_ended_at,
        cluster_id,
        warehouse_id,
        job_id,
        job_run_id,
        abs(usage_quantity) as quantity,
        count_if(record_type = 'RETRACTION') as retraction_count,
        count_if(record_type <> 'RETRACTION') as stated_count,
        count_if(record_type = 'RESTATEMENT') as restatement_count
    from usage_records
    group by all

),

usages as (

    select
        *,
        sum(retraction_count) over usage as usage_retraction_count,
        sum(restatement_count) over usage as usage_restatement_count
    from counted
    window usage as (
        partition by
            usage_date, account_id, workspace_id, region, sku_name, usage_unit, usage_started_at, usage_ended_at,
            cluster_id, warehouse_id, job_id, job_run_id
    )

),

-- More taken back than was ever stated with that quantity.
unmatched_retractions as (

    select
        *,
        'unmatched_retraction' as break_type,
        retraction_count - stated_count as record_count
    from usages
    where retraction_count > stated_count

),

-- Stated anew more often than taken back: the retraction, or the original itself, has yet to come.
early_restatements as (

    select
        *,
        'restatement_before_original' as break_type,
        restatement_count as record_count
    from usages
    where restatement_count > 0 and usage_restatement_count > usage_retraction_count

),

unmatched as (

    select * from unmatched_retractions
    union all
    select * from early_restatements

),

unmatched_corrections as (

    select
        usage_date,
        break_type,
        account_id,
        workspace_id,
        region,
        sku_name,
        usage_unit,
        usage_started_at,
        usage_ended_at,
        cast(quantity * if(break_type = 'unmatched_retraction', -1, 1) as decimal(34, 24)) as usage_quantity,
        record_count
    from unmatched

)

select * from unmatched_corrections
