{{ config(partition_by='measured_date', meta={'day': 'measured_date', 'owner': 'Platform team'}) }}

{% set usual_days = var('table_usual_days') | int -%}
{% set changed = changed_days([
    {
        'relation': source('quality', 'table_metrics'),
        'days': days_that_look_back('select distinct measured_date from changed', usual_days),
    },
]) -%}

with newest as (

    select * from {{ source('quality', 'table_metrics') }}
    where {{ falls_from('measured_date', changed, usual_days) }}
    qualify measured_at = max(measured_at) over (partition by measured_date, table_name)

),

-- By how much more rows fail than is usual: a test's share as it is, nulls beyond the least share of the days before.
compared as (

    select
        *,
        case metric
            when 'null_share'
                then value - least(value, min(value) over (
                    partition by table_name, metric, column_name order by unix_date(measured_date)
                    range between {{ usual_days }} preceding and 1 preceding
                ))
            when 'failed_share' then value
        end as worse_share
    from newest

),

figures as (

    select
        measured_date,
        table_name,
        layer,
        domain,
        max(measured_at) as measured_at,
        max(row_count) as row_count,
        bool_and(is_carried) as is_carried,
        max(if(metric = 'profiled_rows', value, null)) as profiled_rows,
        max(if(metric = 'added_rows', value, null)) as added_rows,
        max(if(metric = 'column_count', value, null)) as column_count,
        coalesce(sum(if(metric = 'null_share', value, 0)), 0) as null_shares,
        max(if(metric = 'distinct_share', value, null)) as distinct_share,
        avg(if(metric = 'failed_share', value, null)) as failed_share,
        max(if(metric = 'age_seconds', value, null)) as age_seconds,
        max(if(metric = 'allowed_seconds', value, null)) as allowed_seconds,
        max(if(metric = 'refused_seconds', value, null)) as refused_seconds,
        max(if(worse_share > 0, struct(worse_share, column_name, value as share, metric, detail), null)) as worst
    from compared
    group by measured_date, table_name, layer, domain

),

dimensions as (

    select
        *,
        -- An empty table has nothing that could be incomplete, twice there or wrong.
        if(profiled_rows > 0, cast(1 - try_divide(null_shares, column_count) as decimal(7, 6)), null) as completeness,
        cast(distinct_share as decimal(7, 6)) as uniqueness,
        cast(1 - failed_share as decimal(7, 6)) as validity,
        cast({{ freshness_share('age_seconds', 'allowed_seconds', 'refused_seconds') }} as decimal(7, 6)) as freshness,
        cast(try_divide(least(row_count, last_row_count), last_row_count) as decimal(7, 6)) as volume
    from (
        select
            *,
            last_value(row_count) over days_before as last_row_count
        from figures
        window days_before as (
            partition by table_name order by unix_date(measured_date)
            range between {{ usual_days }} preceding and 1 preceding
        )
    )

),

table_quality as (

    select
        measured_date,
        table_name,
        layer,
        domain,
        row_count,
        cast(added_rows as bigint) as added_rows,
        completeness,
        uniqueness,
        validity,
        freshness,
        volume,
        cast(100 * {{ weighted_mean({
            'completeness': var('table_weight_completeness'),
            'uniqueness': var('table_weight_uniqueness'),
            'validity': var('table_weight_validity'),
            'freshness': var('table_weight_freshness'),
            'volume': var('table_weight_volume'),
        }) }} as decimal(5, 2)) as score,
        worst.column_name as worst_column,
        cast(worst.share as decimal(7, 6)) as worst_share,
        if(worst.metric = 'null_share', 'null', worst.detail) as worst_reason,
        cast(age_seconds as bigint) as age_seconds,
        is_carried,
        measured_at,
        coalesce(profiled_rows < row_count, false) as is_partial,
        cast(array() as array<string>) as regions_missing,
        cast(coalesce(100 * try_divide(profiled_rows, row_count), 100) as decimal(5, 2)) as completeness_pct,
        current_timestamp() as as_of
    from dimensions
    where {{ falls_in('measured_date', changed) }}

)

select * from table_quality
