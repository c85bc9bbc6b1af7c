{{ config(
    unique_key=none, incremental_strategy='replace_days', partition_by='usage_date', meta={'day': 'usage_date'}
) }}

{% set records = ref('int_platform__usage_records') -%}
{% set usage_days = 'select distinct usage_date from changed' -%}
{% set changed = changed_days([
    {'relation': ref('stg_platform__billing_usage'), 'days': usage_days},
    {'relation': ref('stg_platform__billable_usage'), 'days': usage_days},
    {'relation': ref('int_platform__price_books'), 'days': repriced_days(records)},
]) -%}

with usage_records as (

    select * from {{ ref('int_platform__usage_records') }}
    where {{ falls_in('usage_date', changed) }}

),

price_books as (

    select * from {{ ref('int_platform__price_books') }}

),

priced as (

    {{ priced('usage_records', 'price_books') }}

),

spend_hourly as (

    select
        usage_date,
        date_trunc('hour', usage_started_at) as usage_hour_at,
        left(sha2(to_json(array(
            source_name, account_id, workspace_id, cloud, billing_origin_product
        )), 256), 32) as series_key,
        source_name,
        account_id,
        workspace_id,
        cloud,
        billing_origin_product,
        cast(sum(if(usage_unit = 'DBU', usage_quantity, 0)) as decimal(34, 24)) as dbu_quantity,
        cast(sum(cast(usage_quantity * list_price as decimal(38, 18))) as decimal(38, 18)) as list_cost,
        cast(sum(cast(usage_quantity * billed_price as decimal(38, 18))) as decimal(38, 18)) as billed_cost,
        count(*) as record_count,
        count_if(price_status = 'unpriced') as unpriced_count
    from priced
    group by usage_date, usage_hour_at, source_name, account_id, workspace_id, cloud, billing_origin_product

)

select * from spend_hourly
