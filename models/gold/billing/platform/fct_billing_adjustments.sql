{{ config(partition_by='usage_date', meta={'day': 'usage_date'}) }}

{% set touched = 'select distinct usage_date from changed' -%}
{% set sealed = source('ledger', 'sealed_usage') -%}
{% set changed = changed_days([
    {'relation': ref('fct_usage_hourly'), 'days': touched},
    {'relation': ref('int_platform__time_sectors'), 'days': days_with_new_verdicts(['billing_usage', 'billable_usage'])},
    {'relation': sealed, 'days': touched},
    {'relation': source('ledger', 'period_seals'), 'days': days_of_sealed_periods(ref('fct_usage_hourly'), sealed)},
]) -%}

with differences as (

    select * from {{ ref('fct_billing_differences') }}
    where {{ falls_in('usage_date', changed) }}

),

usage_records as (

    select
        * except (account_id),
        {{ billed_account('account_id') }} as account_id,
        date_trunc('hour', usage_started_at) as usage_hour_at
    from {{ ref('int_platform__complete_usage_records') }}
    where {{ falls_in('usage_date', changed) }}

),

closed as (

    select
        *,
        max(billing_period) over (partition by account_id) as newest_period
    from {{ source('ledger', 'period_seals') }}

),

-- The records that no earlier bill of the line has read.
sourced as (

    select
        differences.*,
        array_sort(collect_set(usage_records.record_id)) as source_record_ids,
        max(usage_records.ingested_at) as newest_record_at
    from differences
    left join usage_records
        on
            coalesce(differences.billed_through_at < usage_records.ingested_at, true)
            {% for name in line_of_bill() %}
                and differences.{{ name }} <=> usage_records.{{ name }}
            {% endfor %}
    group by all

),

adjustments as (

    select
        sourced.usage_date,
        sourced.usage_hour_at,
        sourced.account_id,
        closed.billing_period as original_period,
        {{ next_period('closed.newest_period') }} as adjustment_period,
        sourced.workspace_id,
        sourced.cloud,
        sourced.region,
        sourced.sku_name,
        sourced.usage_unit,
        sourced.billing_origin_product,
        sourced.currency_code,
        if(sourced.is_unpriced, 'unpriced', 'priced') as price_status,
        sourced.usage_quantity,
        if(sourced.is_unpriced, null, coalesce(sourced.list_cost, 0)) as list_cost,
        if(sourced.is_unpriced, null, coalesce(sourced.billed_cost, 0)) as billed_cost,
        sourced.record_count,
        sourced.correction_count,
        case
            when sourced.newest_record_at > closed.read_through_at then 'late_records'
            when sourced.usage_quantity = 0 then 'repriced'
            else 'recounted'
        end as reason,
        sourced.source_record_ids,
        'Correction' as charge_class
    from sourced
    inner join closed
        on
            sourced.account_id = closed.account_id
            and {{ billing_period('sourced.usage_date') }} = closed.billing_period

)

select * from adjustments
