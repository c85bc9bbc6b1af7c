{#- Every table against its service level, what misses it first. #}
with freshness as (

    select * from {{ ref('ops_freshness') }}

),

against_service_level as (

    select
        source_name,
        region,
        layer,
        relation_name,
        slo_seconds,
        lag_seconds,
        max_lag_seconds,
        waiting_count,
        file_count,
        within_slo_pct,
        is_within_slo,
        newest_landed_at,
        watermark_at,
        watermark_lag_seconds
    from freshness

)

select * from against_service_level
order by is_within_slo nulls first, within_slo_pct, source_name, region, layer, relation_name
