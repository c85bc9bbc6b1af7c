{{ config(materialized='view') }}

{% set sources = sector_sources() -%}

with records as (

    {% for source in sources %}
        select
            '{{ source.name }}' as source_name,
            region,
            {{ 'workspace_id' if source.has_workspace else 'cast(null as string) as workspace_id' }},
            {{ source.day }} as sector_date,
            date_trunc('hour', {{ source.at }}) as sector_started_at,
            {{ 'record_id' if source.has_ids else 'cast(null as string) as record_id' }},
            cast({{ source.quantity or 'null' }} as decimal(34, 24)) as usage_quantity,
            ingested_at
        from {{ source.model }}
        {% if not loop.last %} union all {% endif %}
    {% endfor %}

),

workspace_regions as (

    select * from {{ ref('int_platform__workspace_regions') }}

),

-- A record counts for the home of its workspace, whoever delivered it.
at_home as (

    select
        records.* except (region),
        coalesce(workspace_regions.region, records.region) as region
    from records
    left join workspace_regions on records.workspace_id = workspace_regions.workspace_id

),

records_hourly as (

    select
        source_name,
        region,
        sector_date,
        sector_started_at,
        count(*) as record_count,
        cast(sum(usage_quantity) as decimal(38, 24)) as quantity,
        if(
            count(record_id) = 0,
            null,
            sha2(array_join(array_sort(collect_list(record_id)), '\n'), 256)
        ) as checksum,
        max(ingested_at) as last_ingested_at
    from at_home
    group by all

)

select * from records_hourly
