{{ config(partition_by='usage_date', meta={'day': 'usage_date'}) }}

{% set records = ref('int_platform__usage_records') -%}
{% set usage_days = 'select distinct usage_date from changed' -%}
{% set changed = changed_days([
    {'relation': ref('stg_platform__billing_usage'), 'days': usage_days},
    {'relation': ref('stg_platform__billable_usage'), 'days': usage_days},
    {'relation': ref('int_platform__price_books'), 'days': repriced_days(records)},
    {
        'relation': ref('int_platform__time_sectors'),
        'days': days_with_new_verdicts(['billing_usage', 'billable_usage']),
    },
    {'relation': ref('int_platform__workspace_regions'), 'days': days_of_moved_workspaces(records)},
]) -%}

with usage_records as (

    select * from {{ ref('int_platform__priced_usage_records') }}
    where {{ falls_in('usage_date', changed) }}

),

-- A correction is a record like any other: the sum over all record types is the usage.
netted as (

    select
        usage_date,
        date_trunc('hour', usage_started_at) as usage_hour_at,
        account_id,
        workspace_id,
        cloud,
        region,
        sku_name,
        usage_unit,
        billing_origin_product,
        currency_code,
        list_price,
        billed_price,
        price_status,
        cast(sum(usage_quantity) as decimal(34, 24)) as usage_quantity,
        count(*) as record_count,
        count_if(record_type <> 'ORIGINAL') as correction_count
    from usage_records
    group by all

),

hourly as (

    select
        usage_date,
        usage_hour_at,
        account_id,
        workspace_id,
        cloud,
        region,
        sku_name,
        usage_unit,
        billing_origin_product,
        if(billed_price is null, null, currency_code) as currency_code,
        list_price,
        billed_price,
        price_status,
        usage_quantity,
        cast(usage_quantity * list_price as decimal(38, 18)) as list_cost,
        cast(usage_quantity * billed_price as decimal(38, 18)) as billed_cost,
        record_count,
        correction_count
    from netted

)

select * from hourly
