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
        -- What is judged again has landed before.
        where ingest_batch not like 'requeue-%'
        {% if not loop.last %} union all {% endif %}
    {% endfor %}

),

landed_files as (

    select
        left(sha2(to_json(array(source_name, region, source_file, ingest_batch)), 256), 32) as file_key,
        source_name,
        relation_name,
        region,
        source_file,
        ingest_batch,
        min(file_modified_at) as landed_at,
        cast(min(file_modified_at) as date) as landed_date,
        min(ingested_at) as ingested_at,
        count(*) as row_count,
        count(rescue_reason) as unreadable_count
    from landed_rows
    group by source_name, relation_name, region, source_file, ingest_batch

)

select * from landed_files
