{{ config(partition_by='usage_date', meta={'day': 'usage_date'}) }}

{% set usage_days = 'select distinct usage_date from changed' -%}
{% set changed = changed_days([
    {'relation': ref('stg_platform__billing_usage'), 'days': usage_days},
    {'relation': ref('stg_platform__billable_usage'), 'days': usage_days},
    {'relation': ref('stg_platform__list_prices'), 'days': repriced_days(ref('int_platform__usage_records'))},
]) -%}

with usage_records as (

    select * from {{ ref('int_platform__usage_records') }}
    where {{ falls_in('usage_date', changed) }}

),

list_prices as (

    select * from {{ ref('stg_platform__list_prices') }}
    where currency_code = '{{ var("billing_currency", "USD") }}'

),

-- A correction is a record like any other: the sum over all record types is the usage.
netted as (

    select
        usage_date,
        date_trunc('hour', usage_started_at) as usage_hour_at,
        usage_ended_at,
        account_id,
        workspace_id,
        cloud,
        region,
        sku_name,
        usage_unit,
        billing_origin_product,
        sum(usage_quantity) as usage_quantity,
        count(*) as record_count,
        count_if(record_type <> 'ORIGINAL') as correction_count
    from usage_records
    group by all

),

-- The price valid at the end of usage: start inclusive, end exclusive. While a window has not been closed by its
-- successor's arrival, the later start holds.
priced as (

    select
        netted.*,
        list_prices.currency_code,
        list_prices.list_price
    from netted
    left join list_prices
        on
            netted.sku_name = list_prices.sku_name
            and netted.cloud = list_prices.cloud
            and netted.usage_unit = list_prices.usage_unit
            and coalesce(netted.account_id = list_prices.account_id, true)
            and netted.usage_ended_at >= list_prices.price_started_at
            and (list_prices.price_ended_at is null or netted.usage_ended_at < list_prices.price_ended_at)
    qualify row_number() over (
        partition by
            netted.usage_hour_at, netted.usage_ended_at, netted.usage_date, netted.account_id, netted.workspace_id,
            netted.cloud, netted.region, netted.sku_name, netted.usage_unit, netted.billing_origin_product
        order by list_prices.price_started_at desc, list_prices.record_key asc
    ) = 1

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
        currency_code,
        list_price,
        if(list_price is null, 'unpriced', 'priced') as price_status,
        cast(sum(usage_quantity) as decimal(34, 24)) as usage_quantity,
        cast(cast(sum(usage_quantity) as decimal(34, 24)) * list_price as decimal(38, 18)) as list_cost,
        sum(record_count) as record_count,
        sum(correction_count) as correction_count
    from priced
    group by all

)

select * from hourly
