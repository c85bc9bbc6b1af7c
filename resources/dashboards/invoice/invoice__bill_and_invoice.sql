{#- The bill of each month against its invoice, SKU by SKU, what differs first. #}
with reconciliation as (

    select * from {{ ref('fct_invoice_reconciliation') }}

),

bill_and_invoice as (

    select
        billing_period,
        account_id,
        sku_name,
        cloud,
        usage_unit,
        currency_code,
        invoice_ids,
        billed_quantity,
        invoiced_quantity,
        billed_amount,
        invoiced_amount,
        difference_amount,
        line_status,
        is_within_tolerance
    from reconciliation

)

select * from bill_and_invoice
order by billing_period desc, abs(difference_amount) desc nulls last, account_id, sku_name asc, cloud asc
