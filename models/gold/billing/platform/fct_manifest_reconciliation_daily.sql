{#- Reads what is incomplete in order to say so; it has no money. A view: what disagrees is little, and goes. -#}
{{ config(materialized='view', meta={'reads_incomplete': 'names what disagrees with manifests'}) }}

{% set announced_sources = ['billing_usage', 'audit_logs'] -%}

with time_sectors as (

    select * from {{ ref('int_platform__time_sectors') }}
    where completeness_basis = 'manifest'

),

disagreeing as (

    select
        source_name,
        region,
        sector_date,
        sum(expected_records) as expected_records,
        sum(silver_records) as silver_records,
        sum(expected_quantity) as expected_quantity,
        sum(silver_quantity) as silver_quantity,
        count_if(not is_time_sector_complete) as incomplete_hours,
        count_if(expected_records is null) as unannounced_hours
    from time_sectors
    group by source_name, region, sector_date
    having count_if(not is_time_sector_complete) > 0

),

bronze_rows as (

    {% for name in announced_sources %}
        select
            '{{ name }}' as source_name,
            region,
            source_file
        from {{ source('platform', name) }}
        {% if not loop.last %} union all {% endif %}
    {% endfor %}

),

-- Rows have no day before they are parsed: those of the day's folder stand for it.
landed as (

    select
        source_name,
        region,
        {{ folder_date() }} as sector_date,
        count(*) as landed_rows
    from bronze_rows
    group by all

),

rejected as (

    select
        replace(source, 'platform.', '') as source_name,
        region,
        {{ folder_date() }} as sector_date,
        sum(copies) as quarantined_rows
    from {{ source('silver', 'quarantine') }}
    group by all

),

manifest_reconciliation as (

    select
        disagreeing.source_name,
        disagreeing.region,
        disagreeing.sector_date,
        disagreeing.incomplete_hours,
        disagreeing.expected_records,
        coalesce(landed.landed_rows, 0) as landed_rows,
        disagreeing.silver_records,
        cast(coalesce(rejected.quarantined_rows, 0) as bigint) as quarantined_rows,
        disagreeing.expected_records - disagreeing.silver_records as difference_records,
        cast(disagreeing.expected_quantity - coalesce(disagreeing.silver_quantity, 0) as decimal(34, 24))
            as difference_quantity,
        case
            when disagreeing.expected_records is null then 'not_announced'
            when disagreeing.silver_records > disagreeing.expected_records then 'more_than_announced'
            when disagreeing.silver_records < disagreeing.expected_records
                then if(
                    disagreeing.silver_records + rejected.quarantined_rows >= disagreeing.expected_records,
                    'rejected', 'not_arrived'
                )
            when disagreeing.expected_quantity <> coalesce(disagreeing.silver_quantity, 0) then 'quantity_differs'
            when disagreeing.unannounced_hours > 0 then 'not_announced'
            else 'not_over'
        end as reason
    from disagreeing
    left join landed using (source_name, region, sector_date)
    left join rejected using (source_name, region, sector_date)

)

select * from manifest_reconciliation
