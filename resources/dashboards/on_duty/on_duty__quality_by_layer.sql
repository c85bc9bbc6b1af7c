{#- How good the tables of each layer and domain were when they were last measured, against the time before, with the
    worst table and what is wrong with it. -#}
with layer_quality as (

    select
        *,
        lag(score) over (partition by layer, domain order by measured_date) as score_before
    from {{ as_built(ref('ops_layer_quality')) }}
    qualify row_number() over (partition by layer, domain order by measured_date desc) = 1

),

tables as (

    select
        measured_date,
        table_name,
        worst_column,
        worst_share,
        worst_reason
    from {{ as_built(ref('ops_table_quality')) }}

),

quality_by_layer as (

    select
        {{ severity_beyond(
            '-layer_quality.score',
            '0.01 - ' ~ var('duty_score_medium'),
            '0.01 - ' ~ var('duty_score_high'),
            '0.01 - ' ~ var('duty_score_critical'),
        ) }} as severity,
        layer_quality.layer,
        layer_quality.domain,
        layer_quality.measured_date,
        layer_quality.table_count,
        layer_quality.score,
        layer_quality.score - layer_quality.score_before as score_change,
        layer_quality.completeness,
        layer_quality.uniqueness,
        layer_quality.validity,
        layer_quality.freshness,
        layer_quality.volume,
        layer_quality.worst_table,
        layer_quality.worst_table_score,
        tables.worst_column,
        tables.worst_share,
        tables.worst_reason
    from layer_quality
    left join tables
        on layer_quality.measured_date = tables.measured_date and layer_quality.worst_table = tables.table_name

)

select * from quality_by_layer
order by {{ severity_rank() }}, score, layer, domain
