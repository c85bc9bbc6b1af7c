{#- What corrections of closed months came to, by the month that bills them and the month of the usage: usage of the
    last twelve months. #}
with newest as (

    select max(usage_date) as newest_date from {{ ref('fct_charges') }}

),

charges as (

    select * from {{ ref('fct_charges') }}
    where
        usage_date > add_months((select newest.newest_date from newest), -12)
        and charge_class = 'Correction'

),

corrections as (

    select
        billing_period,
        original_period,
        sku_name,
        currency_code,
        is_sealed,
        count(*) as charge_count,
        sum(usage_quantity) as usage_quantity,
        sum(billed_cost) as billed_cost
    from charges
    group by billing_period, original_period, sku_name, currency_code, is_sealed

)

select * from corrections
order by billing_period desc, original_period desc, abs(billed_cost) desc nulls last, sku_name asc
