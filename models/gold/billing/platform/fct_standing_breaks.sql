{#- Few rows, computed whole: who asks what blocks a close reads one table, not those of nine kinds. It names what is
    held back and has no money. -#}
{{ config(
    incremental_strategy='mirror', unique_key='break_key', meta={'reads_incomplete': 'names breaks, has no money'}
) }}

{% set kinds = [
    whole(ref('fct_usage_breaks')),
    whole(ref('fct_sector_breaks')),
    whole(ref('fct_price_breaks')),
    whole(ref('fct_run_breaks')),
    whole(ref('fct_double_deliveries')),
    whole_view(ref('fct_reconciliation_breaks'), [
        ref('fct_derived_usage_daily'),
        ref('fct_invoice_reconciliation'),
    ]),
    whole_view(ref('fct_silent_hours'), [
        ref('int_platform__time_sectors'),
        ref('fct_usage_daily'),
        ref('fct_billing_adjustments'),
    ]),
] -%}

with breaks as (

    {% for kind in kinds %}
        select
            usage_date,
            account_id,
            break_type,
            subject,
            region,
            usage_quantity,
            detail
        from {{ kind }}
        {% if not loop.last %} union all {% endif %}
    {% endfor %}

),

-- Two that read the same, such as two gaps of a price on one day, are one.
standing_breaks as (

    select
        md5(to_json(struct(usage_date, account_id, break_type, subject, region, usage_quantity, detail))) as break_key,
        *
    from breaks
    group by all

)

select * from standing_breaks
