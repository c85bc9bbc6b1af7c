{#- A view: it is asked a few times a day, over a table that is partitioned by its day. -#}
{{ config(materialized='view', meta={'owner': 'Platform team'}) }}

with node_results as (

    select
        *,
        if(resource_type in ('test', 'unit_test'), tested_id, unique_id) as model_id,
        resource_type in ('test', 'unit_test') as is_test,
        status in ('error', 'fail', 'runtime error') as is_failed
    from {{ source('dbt_artifacts', 'dbt_node_results') }}
    where resource_type in ('model', 'seed', 'snapshot', 'test', 'unit_test')

),

model_cost_daily as (

    select
        run_date,
        model_id,
        max(if(is_test, null, resource_type)) as resource_type,
        max(materialized) filter (where not is_test) as materialized,
        count_if(not is_test and status <> 'skipped') as run_count,
        count_if(not is_test and is_failed) as failed_count,
        count_if(not is_test and status = 'skipped') as skipped_count,
        cast(coalesce(sum(seconds) filter (where not is_test), 0) as decimal(18, 3)) as run_seconds,
        cast(max(seconds) filter (where not is_test) as decimal(18, 3)) as slowest_run_seconds,
        sum(rows_affected) filter (where not is_test) as rows_affected,
        count_if(is_test and status <> 'skipped') as test_count,
        count_if(is_test and is_failed) as failed_test_count,
        coalesce(sum(failures) filter (where is_test), 0) as failing_row_count,
        cast(coalesce(sum(seconds) filter (where is_test), 0) as decimal(18, 3)) as test_seconds,
        false as is_partial,
        cast(array() as array<string>) as regions_missing,
        cast(null as decimal(5, 2)) as completeness_pct,
        current_timestamp() as as_of
    from node_results
    group by run_date, model_id

)

select * from model_cost_daily
