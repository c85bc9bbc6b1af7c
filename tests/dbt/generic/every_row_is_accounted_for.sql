{#- bronze = silver + duplicates + quarantine, each counted by itself: bronze rows, silver rows, rows of the
    quarantine with their copies, and duplicates as the good rows of bronze beyond the first of each record. -#}
{% test every_row_is_accounted_for(model, source_name, table_name) %}
{{ config(tags=['full_scan']) }}

with arrived as (

    select * from {{ source(source_name, table_name) }}

),

judged as (

    {{ judged('arrived', source_name, table_name) }}

),

counts as (

    select
        (select count(*) from arrived) as bronze_rows,
        (select count(*) from {{ model }}) as silver_rows,
        (
            select count(*) - count(distinct record_key) from judged
            where quarantine_reason is null
        ) as duplicate_rows,
        (
            select coalesce(sum(copies), 0) from {{ quarantine_relation() }}
            where source = '{{ source_name }}.{{ table_name }}'
        ) as quarantined_rows

)

select * from counts
where bronze_rows <> silver_rows + duplicate_rows + quarantined_rows

{% endtest %}
