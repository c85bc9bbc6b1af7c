{#- Rejected rows on which nobody has decided, by source and reason, most rows first. #}
with open_rows as (

    select rejected.* from {{ source('silver', 'quarantine') }} as rejected
    left anti join {{ source('silver', 'quarantine_decisions') }}
        using (source, source_file, ingest_batch, line_hash)

),

quarantine as (

    select
        source as source_name,
        quarantine_reason,
        count(*) as row_count,
        count(distinct source_file) as file_count,
        array_join(array_sort(collect_set(region)), ', ') as regions,
        min(ingested_at) as first_ingested_at,
        max(ingested_at) as last_ingested_at
    from open_rows
    group by source, quarantine_reason

)

select * from quarantine
order by row_count desc, source_name asc, quarantine_reason asc
