{{ config(materialized='view') }}

{% set kinds = [
    ref('fct_usage_breaks'),
    ref('fct_sector_breaks'),
    ref('fct_price_breaks'),
    ref('fct_run_breaks'),
    ref('fct_delivery_breaks'),
    ref('fct_reconciliation_breaks'),
] -%}

with billing_breaks as (

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

)

select * from billing_breaks
