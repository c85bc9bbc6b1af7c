{#- No record has a clock: where two do not say the same, the content decides, and never arrival. -#}
{% set content = ['payment_type', 'installment_count', 'amount'] %}
{{ config(meta={'merge': {'newer': precedes([], content)}}) }}

with arrived as (

    select * from {{ changes(source('commerce', 'marketplace_order_payments')) }}

),

judged as (

    {{ judged('arrived', 'commerce', 'marketplace_order_payments', more_reasons=[
        ['record.payment_value < 0', 'amount_negative'],
    ]) }}

),

payments as (

    select
        record_key,
        record.order_id,
        record.payment_sequential as payment_number,
        record.payment_type,
        record.payment_installments as installment_count,
        record.payment_value as amount,
        rescued_fields,
        source_file,
        file_modified_at as landed_at,
        ingested_at
    from judged
    where quarantine_reason is null

),

order_payments as (

    select * from payments
    {{ first_of_each_record(precedence('payments', [], content) ~ ' desc, ingested_at, source_file') }}

)

select * from order_payments
