{#- Quality scores of the last 30 days by source and layer, with the mean of the days up to each. #}
with newest as (

    select max(landed_date) as newest_date from {{ ref('ops_quality_scores') }}

),

scores as (

    select * from {{ ref('ops_quality_scores') }}
    where landed_date > date_sub((select newest.newest_date from newest), 30)

),

quality as (

    select
        landed_date,
        source_name,
        layer,
        row_count,
        score,
        mean_score,
        good_share,
        unduplicated_share,
        undrifted_share,
        punctual_share,
        complete_share,
        is_partial
    from scores

)

select * from quality
order by landed_date, source_name, layer
