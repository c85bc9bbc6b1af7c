{#- A line for each month and SKU, computed whole: an invoice can come for any month. -#}
{{ config(incremental_strategy='mirror', unique_key='line_key') }}

with charges as (

    select * from {{ whole(ref('fct_charges')) }}

),

invoice_lines as (

    select * from {{ whole(ref('invoice_lines')) }}

),

invoiced_periods as (

    select
        account_id,
        billing_period
    from invoice_lines
    group by all

),

-- A month that was closed is what was sealed; what came later stands in the month that bills it.
billed as (

    select
        account_id,
        billing_period,
        sku_name,
        cloud,
        usage_unit,
        max(currency_code) as currency_code,
        sum(usage_quantity) as usage_quantity,
        sum(usage_quantity) filter (where price_status = 'unpriced') as unpriced_quantity,
        coalesce(sum(billed_cost), 0) as billed_cost
    from charges
    group by account_id, billing_period, sku_name, cloud, usage_unit

),

-- A line that a second invoice corrects is what both come to.
invoiced as (

    select
        account_id,
        billing_period,
        sku_name,
        cloud,
        usage_unit,
        array_join(array_sort(collect_set(invoice_id)), ', ') as invoice_ids,
        max(coalesce(currency_code, '{{ var("billing_currency", "USD") }}')) as invoice_currency_code,
        sum(usage_quantity) as invoiced_quantity,
        sum(billed_amount) as invoiced_amount
    from invoice_lines
    group by account_id, billing_period, sku_name, cloud, usage_unit

),

-- The one place where money is rounded: to cents, half to even, on the line of the invoice.
both_sides as (

    select
        to_json(array(account_id, billing_period, sku_name, cloud, usage_unit)) as line_key,
        account_id,
        billing_period,
        sku_name,
        cloud,
        usage_unit,
        coalesce(billed.currency_code, invoiced.invoice_currency_code) as currency_code,
        invoiced.invoice_ids,
        coalesce(billed.usage_quantity, 0) as billed_quantity,
        coalesce(billed.unpriced_quantity, 0) as unpriced_quantity,
        invoiced.invoiced_quantity,
        bround(coalesce(billed.billed_cost, 0), 2) as billed_amount,
        invoiced.invoiced_amount,
        billed.billing_period is not null as is_billed,
        invoiced.billing_period is not null as is_invoiced,
        invoiced_periods.billing_period is not null as has_invoice,
        coalesce(billed.currency_code <> invoiced.invoice_currency_code, false) as is_in_other_currency
    from billed
    full outer join invoiced using (account_id, billing_period, sku_name, cloud, usage_unit)
    left join invoiced_periods using (account_id, billing_period)

),

differences as (

    select
        *,
        if(has_invoice and not is_in_other_currency, billed_amount - coalesce(invoiced_amount, 0), null) as difference
    from both_sides

),

invoice_reconciliation as (

    select
        line_key,
        account_id,
        billing_period,
        sku_name,
        cloud,
        usage_unit,
        currency_code,
        invoice_ids,
        cast(billed_quantity as decimal(34, 24)) as billed_quantity,
        cast(unpriced_quantity as decimal(34, 24)) as unpriced_quantity,
        cast(invoiced_quantity as decimal(34, 24)) as invoiced_quantity,
        cast(billed_amount as decimal(38, 18)) as billed_amount,
        cast(invoiced_amount as decimal(38, 18)) as invoiced_amount,
        cast(difference as decimal(38, 18)) as difference_amount,
        case
            when not has_invoice then 'no_invoice'
            when is_in_other_currency then 'currency_differs'
            when abs(difference) <= {{ var('invoice_tolerance_amount', 0.01) }} then 'equal'
            when not is_invoiced then 'missing_on_invoice'
            when not is_billed then 'missing_in_usage'
            else 'differs'
        end as line_status,
        if(
            not has_invoice, null,
            coalesce(abs(difference) <= {{ var('invoice_tolerance_amount', 0.01) }}, false)
        ) as is_within_tolerance
    from differences

)

select * from invoice_reconciliation
