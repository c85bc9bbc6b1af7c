{#- Rows of every table when it was last measured, and how they grew since the measurement before and over the days
    looked back on. A table that has lost rows stands first: a tenth of them is high, all of them critical. -#}
with measured as (

    select
        *,
        lag(row_count) over (partition by table_name order by measured_date) as rows_before,
        lag(measured_date) over (partition by table_name order by measured_date) as measured_before
    from {{ as_built(ref('ops_table_quality')) }}

),

looked_back_on as (

    select
        *,
        min_by(row_count, measured_date) over lately as rows_then,
        min(measured_date) over lately as then_date
    from measured
    window
        lately as (
            partition by table_name order by unix_date(measured_date)
            range between {{ var('duty_days') | int }} preceding and current row
        )
    qualify row_number() over (partition by table_name order by measured_date desc) = 1

),

row_counts as (

    select
        {{ severity_beyond('try_divide(rows_before - row_count, rows_before)', '0.000001', '0.1', '1') }} as severity,
        layer,
        domain,
        table_name,
        measured_date,
        row_count,
        row_count - rows_before as added_rows,
        measured_before,
        cast(100 * try_divide(row_count - rows_before, rows_before) as decimal(12, 2)) as growth_pct,
        cast(try_divide(row_count - rows_then, datediff(measured_date, then_date)) as decimal(18, 1)) as added_per_day,
        measured_at
    from looked_back_on

)

select * from row_counts
order by {{ severity_rank() }}, row_count desc, table_name asc
