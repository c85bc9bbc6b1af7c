{{ config(unique_key='file_key', partition_by='landed_date', meta={'merge': {'prune_by': 'landed_date'}}) }}

{% set cursors = stored_cursors() -%}

with landed_rows as (

    {% for table in telemetry_sources() -%}
        select
            '{{ table }}' as source_name,
            '{{ relation_key(source("platform", table)) }}' as relation_name,
            region,
            source_file,
            file_modified_at,
            ingested_at,
            ingest_batch,
            rescue_reason
        from {{ changes(source('platform', table), cursors) }}
        {% if not loop.last %} union all {% endif %}
    {% endfor %}

),

files_in_batches as (

    select
        left(sha2(to_json(array(
            source_name, region, source_file, cast(unix_micros(file_modified_at) as string)
        )), 256), 32) as file_key,
        source_name,
        relation_name,
        region,
        source_file,
        ingest_batch,
        file_modified_at as landed_at,
        cast(file_modified_at as date) as landed_date,
        min(ingested_at) as ingested_at,
        count(*) as row_count,
        count(rescue_reason) as unreadable_count
    from landed_rows
    group by source_name, relation_name, region, source_file, ingest_batch, file_modified_at

),

-- What comes again (judged again, replayed, after the loss of a checkpoint) has landed before: only the first counts.
landed_files as (

    select * from files_in_batches
    qualify row_number() over (partition by file_key order by ingested_at, ingest_batch) = 1

)

select * from landed_files
