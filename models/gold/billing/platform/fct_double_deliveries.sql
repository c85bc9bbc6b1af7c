{#- Reads what is incomplete in order to name what came twice; it has no money. -#}
{{ config(partition_by='usage_date', meta={
    'day': 'usage_date', 'reads_incomplete': 'names what came twice, has no money',
}) }}

{% set usage_days = 'select distinct usage_date from changed' -%}
{% set changed = changed_days([
    {'relation': ref('stg_platform__billing_usage'), 'days': usage_days},
    {'relation': ref('stg_platform__billable_usage'), 'days': usage_days},
    {
        'relation': ref('int_platform__workspace_regions'),
        'days': days_of_moved_workspaces(ref('int_platform__usage_records')),
    },
]) -%}

with usage_records as (

    select * from {{ ref('int_platform__usage_records') }}
    where {{ falls_in('usage_date', changed) }}

),

-- What came twice may belong to anybody: it concerns every account.
double_deliveries as (

    select
        usage_date,
        cast(null as string) as account_id,
        'usage_delivered_twice' as break_type,
        concat_ws(' ', sku_name, 'of workspace', workspace_id) as subject,
        region,
        cast(null as decimal(34, 24)) as usage_quantity,
        concat(
            {{ break_sentence("'usage_delivered_twice'") }},
            ' (records: ', count_if(source_name = 'billing_usage'),
            ' and ', count_if(source_name = 'billable_usage'), ')'
        ) as detail
    from usage_records
    group by usage_date, workspace_id, sku_name, region
    having count(distinct source_name) > 1

)

select * from double_deliveries
