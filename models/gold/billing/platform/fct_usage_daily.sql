{{ config(partition_by='usage_date', meta={'day': 'usage_date'}) }}

{% set changed = changed_days([
    {'relation': ref('fct_usage_hourly'), 'days': 'select distinct usage_date from changed'},
]) -%}

with hourly as (

    select * from {{ ref('fct_usage_hourly') }}
    where {{ falls_in('usage_date', changed) }}

),

daily as (

    select
        usage_date,
        account_id,
        workspace_id,
        cloud,
        sku_name,
        usage_unit,
        currency_code,
        price_status,
        cast(sum(usage_quantity) as decimal(34, 24)) as usage_quantity,
        cast(sum(list_cost) as decimal(38, 18)) as list_cost,
        cast(sum(billed_cost) as decimal(38, 18)) as billed_cost,
        sum(record_count) as record_count,
        sum(correction_count) as correction_count
    from hourly
    group by all

)

select * from daily
