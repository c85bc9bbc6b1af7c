{{ config(partition_by='usage_date', meta={'day': 'usage_date'}) }}

{% set changed = changed_days([
    {'relation': ref('fct_usage_hourly'), 'days': 'select distinct usage_date from changed'},
]) -%}

with hourly as (

    select * from {{ ref('fct_usage_hourly') }}
    where {{ falls_in('usage_date', changed) }}

),

unpriced_usage as (

    select
        *,
        'unpriced_usage' as break_type
    from hourly
    where price_status = 'unpriced' and usage_quantity <> 0

),

negative_usage as (

    select
        *,
        'negative_net_usage' as break_type
    from hourly
    where usage_quantity < 0

),

breaks as (

    select * from unpriced_usage
    union all
    select * from negative_usage

),

daily_breaks as (

    select
        usage_date,
        break_type,
        account_id,
        workspace_id,
        cloud,
        sku_name,
        usage_unit,
        cast(sum(usage_quantity) as decimal(34, 24)) as usage_quantity,
        count(*) as hour_count
    from breaks
    group by all

)

select * from daily_breaks
