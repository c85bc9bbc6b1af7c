{{ config(liquid_clustered_by='invoice_date', meta={'merge': {'prune_by': 'invoice_date'}}) }}

with arrived as (

    select * from {{ changes(source('commerce', 'retail_lines')) }}

),

judged as (

    {{ judged('arrived', 'commerce', 'retail_lines') }}

),

first_deliveries as (

    select * from judged
    where quarantine_reason is null
    {{ first_of_each_record() }}

),

retail_lines as (

    select
        record_key,
        record.invoiceno as invoice_id,
        event_at as invoiced_at,
        cast(event_at as date) as invoice_date,
        upper(record.stockcode) as stock_code,
        trim(record.description) as product_name,
        record.quantity,
        record.unitprice as unit_price,
        cast(record.quantity * record.unitprice as decimal(20, 4)) as amount,
        {{ retail_line_type() }} as line_type,
        -- An id is a number to whoever exported it.
        regexp_replace(record.customerid, '[.]0+$', '') as customer_id,
        record.country,
        rescued_fields,
        source_file,
        file_modified_at as landed_at,
        ingested_at
    from first_deliveries

)

select * from retail_lines
