{{ config(partition_by='measured_date', meta={'day': 'measured_date', 'owner': 'Platform team'}) }}

{% set changed = changed_days([
    {'relation': ref('ops_table_quality'), 'days': 'select distinct measured_date from changed'},
]) -%}

with table_quality as (

    select * from {{ ref('ops_table_quality') }}
    where {{ falls_in('measured_date', changed) }}

),

-- Every table counts alike: a price list of ten rows can spoil as much as ten million events.
layer_quality as (

    select
        measured_date,
        layer,
        domain,
        count(*) as table_count,
        sum(row_count) as row_count,
        cast(avg(completeness) as decimal(7, 6)) as completeness,
        cast(avg(uniqueness) as decimal(7, 6)) as uniqueness,
        cast(avg(validity) as decimal(7, 6)) as validity,
        cast(avg(freshness) as decimal(7, 6)) as freshness,
        cast(avg(volume) as decimal(7, 6)) as volume,
        cast(avg(score) as decimal(5, 2)) as score,
        min_by(table_name, struct(score, table_name)) as worst_table,
        min(score) as worst_table_score,
        bool_or(is_partial) as is_partial,
        cast(array() as array<string>) as regions_missing,
        cast(coalesce(
            100 * try_divide(sum(completeness_pct * row_count), 100 * sum(row_count)), 100
        ) as decimal(5, 2)) as completeness_pct,
        current_timestamp() as as_of
    from table_quality
    group by measured_date, layer, domain

)

select * from layer_quality
