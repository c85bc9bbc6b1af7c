{#- What runs of dbt came to: tables that no model makes, for a run that is over is never run again. Written by
    `lakeledger artifacts load` alone, after a run (docs/observability.md). -#}

{% macro create_dbt_artifacts() -%}
    {%- do create_kept_tables(
        'operations',
        {'dbt_invocations': dbt_invocations_columns(), 'dbt_node_results': dbt_node_results_columns()},
        partitions={'dbt_node_results': 'run_date'}
    ) -%}
{%- endmacro %}


{% macro dbt_invocations_columns() -%}
    invocation_id string not null,
    command string not null,
    dbt_version string not null,
    started_at timestamp not null,
    seconds double not null,
    node_count bigint not null
{%- endmacro %}


{% macro dbt_node_results_columns() -%}
    run_date date not null,
    invocation_id string not null,
    unique_id string not null,
    resource_type string not null,
    tested_id string,
    materialized string,
    status string not null,
    message string,
    started_at timestamp,
    seconds double not null,
    rows_affected bigint,
    failures bigint,
    age_seconds double
{%- endmacro %}
