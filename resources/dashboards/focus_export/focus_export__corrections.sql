{#- What corrections of closed months came to, by the month that bills them and the month of the usage. #}
with charges as (

    select * from {{ ref('fct_charges') }}
    where charge_class = 'Correction'

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
order by billing_period desc, original_period desc, abs(billed_cost) desc nulls last, sku_name
