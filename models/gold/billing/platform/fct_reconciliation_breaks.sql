{#- A view: fct_standing_breaks alone reads it, two small filters. -#}
{{ config(materialized='view') }}

with derived_usage as (

    select * from {{ ref('fct_derived_usage_daily') }}
    where not is_within_tolerance

),

invoice_lines as (

    select * from {{ ref('fct_invoice_reconciliation') }}
    where not is_within_tolerance

),

derived_breaks as (

    select
        usage_date,
        account_id,
        'derived_usage_differs' as break_type,
        concat_ws(' ', 'cluster', cluster_id, 'of workspace', workspace_id) as subject,
        region,
        difference_quantity as usage_quantity,
        concat(
            ' (billed ', format_number(billed_quantity, 6), ' DBU, derived ', format_number(derived_quantity, 6),
            ' from ', format_number(node_hours, 3), ' node hours', coalesce(concat(' of ', node_types), ''), ')'
        ) as figures
    from derived_usage

),

invoice_breaks as (

    select
        to_date(billing_period, 'yyyy-MM') as usage_date,
        account_id,
        case line_status
            when 'missing_on_invoice' then 'invoice_line_missing'
            when 'missing_in_usage' then 'invoice_line_unknown'
            when 'currency_differs' then 'invoice_currency_differs'
            else 'invoice_line_differs'
        end as break_type,
        concat_ws(' ', sku_name, cloud, 'per', usage_unit, 'in', billing_period) as subject,
        cast(null as string) as region,
        cast(billed_quantity - invoiced_quantity as decimal(34, 24)) as usage_quantity,
        concat(
            ' (billed ', format_number(billed_amount, 2), ', on the invoice ',
            coalesce(format_number(invoiced_amount, 2), 'nothing'), coalesce(concat(', ', invoice_ids), ''), ')'
        ) as figures
    from invoice_lines

),

breaks as (

    select * from derived_breaks
    union all
    select * from invoice_breaks

),

reconciliation_breaks as (

    select
        usage_date,
        account_id,
        break_type,
        subject,
        region,
        usage_quantity,
        concat({{ break_sentence('break_type') }}, figures) as detail
    from breaks

)

select * from reconciliation_breaks
