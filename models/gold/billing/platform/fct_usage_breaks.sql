{#- A correction can lack its counterpart in an hour that is held back, too; there is no money here. -#}
{{ config(partition_by='usage_date', meta={
    'day': 'usage_date', 'reads_incomplete': 'names corrections without counterpart',
}) }}

{% set usage_days = 'select distinct usage_date from changed' -%}
{% set changed = changed_days([
    {'relation': ref('fct_usage_hourly'), 'days': usage_days},
    {'relation': ref('int_platform__unmatched_corrections'), 'days': usage_days},
    {
        'relation': ref('int_platform__workspace_regions'),
        'days': days_of_moved_workspaces(ref('int_platform__usage_records')),
    },
    {'relation': ref('int_platform__price_books'), 'days': days_without_price(ref('fct_usage_hourly'))},
]) -%}

with hourly as (

    select * from {{ ref('fct_usage_hourly') }}
    where {{ falls_in('usage_date', changed) }}

),

unmatched_corrections as (

    select * from {{ ref('int_platform__unmatched_corrections') }}
    where {{ falls_in('usage_date', changed) }}

),

contested_workspaces as (

    select * from {{ ref('int_platform__workspace_regions') }}
    where region_count > 1

),

priced_skus as (

    select
        sku_name,
        cloud,
        collect_set(usage_unit) as units
    from {{ ref('int_platform__price_books') }}
    group by all

),

unpriced_usage as (

    select
        hourly.usage_date,
        hourly.account_id,
        if(
            coalesce(array_contains(priced_skus.units, hourly.usage_unit), true), 'unpriced_usage', 'unknown_unit'
        ) as break_type,
        concat_ws(' ', hourly.sku_name, hourly.cloud, 'per', hourly.usage_unit) as subject,
        hourly.region,
        hourly.usage_quantity,
        hourly.workspace_id
    from hourly
    left join priced_skus on hourly.sku_name = priced_skus.sku_name and hourly.cloud = priced_skus.cloud
    where hourly.price_status = 'unpriced' and hourly.usage_quantity <> 0

),

negative_usage as (

    select
        usage_date,
        account_id,
        'negative_net_usage' as break_type,
        concat_ws(' ', sku_name, cloud, 'per', usage_unit) as subject,
        region,
        usage_quantity,
        workspace_id
    from hourly
    where usage_quantity < 0

),

unmatched as (

    select
        usage_date,
        account_id,
        break_type,
        concat_ws(' ', sku_name, 'per', usage_unit) as subject,
        region,
        cast(usage_quantity * record_count as decimal(34, 24)) as usage_quantity,
        workspace_id
    from unmatched_corrections

),

contested as (

    select
        hourly.usage_date,
        hourly.account_id,
        'workspace_in_two_regions' as break_type,
        concat(hourly.workspace_id, ' claimed by ', contested_workspaces.claimed_by) as subject,
        hourly.region,
        hourly.usage_quantity,
        hourly.workspace_id
    from hourly
    inner join contested_workspaces on hourly.workspace_id = contested_workspaces.workspace_id

),

breaks as (

    select * from unpriced_usage
    union all
    select * from negative_usage
    union all
    select * from unmatched
    union all
    select * from contested

),

daily_breaks as (

    select
        usage_date,
        account_id,
        break_type,
        subject,
        region,
        cast(sum(usage_quantity) as decimal(34, 24)) as usage_quantity,
        concat({{ break_sentence('break_type') }}, {{ first_three('workspace_id', 'workspace') }}) as detail
    from breaks
    group by all

)

select * from daily_breaks
