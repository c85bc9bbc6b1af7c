{#- bronze = silver + duplicates + quarantine, each counted by itself: bronze rows, silver rows, rows of the
    quarantine with their copies, and duplicates as the good rows of bronze beyond the first of each record. Of files
    that are delivered whole, records that the newest delivery of their file lacks are withdrawn. A row that was put at
    the end of bronze once more, to be judged again, counts there and no more where it came first. -#}
{% test every_row_is_accounted_for(model, source_name, table_name, delivered_whole=false) %}
{{ config(tags=['full_scan']) }}

with requeued as (

    select * from {{ quarantine_relation('quarantine_decisions') }}
    where source = '{{ source_name }}.{{ table_name }}' and decision = 'requeued'

),

arrived as (

    select arrived.*
    from {{ source(source_name, table_name) }} as arrived
    left anti join requeued using (source_file, ingest_batch, line_hash)

),

rejected as (

    select * from {{ quarantine_relation() }}
    left anti join requeued using (source_file, ingest_batch, line_hash)
    where source = '{{ source_name }}.{{ table_name }}'

),

judged as (

    {{ judged('arrived', source_name, table_name) }}

),

-- The model may have rules of its own: what they reject is no duplicate of the good record with the same key.
good as (

    select * from judged
    left anti join rejected using (source_file, ingest_batch, line_hash)
    where quarantine_reason is null

),

newest_rows as (

    select *
    from (
        select *, max(file_modified_at) over (partition by source_file) as newest_delivery_at
        from good
    )
    qualify row_number() over (partition by record_key order by file_modified_at desc) = 1

),

counts as (

    select
        (select count(*) from arrived) as bronze_rows,
        (select count(*) from {{ model }}) as silver_rows,
        (select count(*) - count(distinct record_key) from good) as duplicate_rows,
        (
            select count(*) from newest_rows
            where {{ delivered_whole }} and file_modified_at < newest_delivery_at
        ) as withdrawn_rows,
        (select coalesce(sum(copies), 0) from rejected) as quarantined_rows

)

select * from counts
where bronze_rows <> silver_rows + duplicate_rows + withdrawn_rows + quarantined_rows

{% endtest %}
