{#- Values that a column may have, by staging model: another one is drift, and no error. Lists of the provider grow. -#}
{% macro known_values() -%}
    {{ return({
        'stg_platform__billing_usage': {
            'record_type': ['ORIGINAL', 'RETRACTION', 'RESTATEMENT'],
            'cloud': ['AWS', 'AZURE', 'GCP'],
            'usage_type': [
                'COMPUTE_TIME', 'STORAGE_SPACE', 'NETWORK_BYTE', 'NETWORK_BYTES', 'NETWORK_HOUR', 'API_OPERATION',
                'TOKEN', 'GPU_TIME', 'ANSWER',
            ],
            'billing_origin_product': [
                'JOBS', 'DLT', 'SQL', 'ALL_PURPOSE', 'MODEL_SERVING', 'INTERACTIVE', 'DEFAULT_STORAGE',
                'VECTOR_SEARCH', 'LAKEHOUSE_MONITORING', 'PREDICTIVE_OPTIMIZATION', 'ONLINE_TABLES', 'APPS',
                'NETWORKING', 'LAKEFLOW_CONNECT',
            ],
        },
        'stg_platform__audit_logs': {'audit_level': ['WORKSPACE_LEVEL', 'ACCOUNT_LEVEL']},
        'stg_platform__list_prices': {'cloud': ['AWS', 'AZURE', 'GCP']},
        'stg_platform__job_runs': {'result_state': run_results()},
        'stg_platform__job_task_runs': {'result_state': run_results()},
        'stg_platform__job_webhooks': {
            'event_type': [
                'jobs.on_start', 'jobs.on_success', 'jobs.on_failure', 'jobs.on_duration_warning_threshold_exceeded',
            ],
        },
        'stg_platform__cluster_events': {
            'event_type': [
                'ADD_NODES_FAILED', 'AUTOMATIC_CLUSTER_UPDATE', 'AUTOSCALING_BACKOFF', 'AUTOSCALING_FAILED',
                'AUTOSCALING_STATS_REPORT', 'CLUSTER_MIGRATED', 'CREATING', 'DBFS_DOWN', 'DECOMMISSION_ENDED',
                'DECOMMISSION_STARTED', 'DID_NOT_EXPAND_DISK', 'DRIVER_HEALTHY', 'DRIVER_NOT_RESPONDING',
                'DRIVER_UNAVAILABLE', 'EDITED', 'EXPANDED_DISK', 'FAILED_TO_EXPAND_DISK', 'INIT_SCRIPTS_STARTED',
                'INIT_SCRIPTS_FINISHED', 'METASTORE_DOWN', 'NODES_LOST', 'NODE_BLACKLISTED',
                'NODE_EXCLUDED_DECOMMISSIONED', 'PINNED', 'RESIZING', 'RESTARTING', 'RUNNING', 'SPARK_EXCEPTION',
                'STARTING', 'TERMINATING', 'UC_VOLUME_MISCONFIGURED', 'UNPINNED', 'UPSIZE_COMPLETED',
            ],
        },
    }) }}
{%- endmacro %}


{% macro run_results() -%}
    {{ return(['SUCCEEDED', 'FAILED', 'SKIPPED', 'CANCELLED', 'TIMED_OUT', 'ERROR', 'BLOCKED']) }}
{%- endmacro %}


{#- Rows (drift_date, source_name, kind, subject, value_type, region, landed_at, source_file, record_count) of a staging
    model: one for each field that nobody declared and each value that nobody knows. -#}
{% macro drifted_rows(source_name, model, changed) -%}
    {%- set branches = [] -%}
    {%- if declares_column(model, 'rescued_fields') -%}
        {%- do branches.append(['unknown_field', 'field', json_type('value'),
            'lateral view explode(from_json(rescued_fields, "map<string,string>")) as field, value',
            'rescued_fields is not null']) -%}
    {%- endif -%}
    {%- for column, values in known_values().get(model, {}).items() -%}
        {%- do branches.append(['unknown_value', "concat('" ~ column ~ ": ', " ~ column ~ ')', "'string'", '',
            unknown_value(column, values)]) -%}
    {%- endfor -%}
    {%- for kind, subject, value_type, explode, condition in branches %}
    select
        cast(landed_at as date) as drift_date,
        '{{ source_name }}' as source_name,
        '{{ kind }}' as kind,
        {{ subject }} as subject,
        {{ value_type }} as value_type,
        {{ column_or_null(model, ['region'], 'string') }} as region,
        landed_at,
        source_file,
        1 as record_count
    from {{ ref(model) }}
    {{ explode }}
    where {{ condition }} and {{ lies_around('landed_at', changed) }}
    union all
    {%- endfor -%}
{%- endmacro %}


{% macro unknown_value(column, values) -%} {{ column }} not in ('{{ values | join("', '") }}') {%- endmacro %}


{#- Days of landing of records that drifted. Over `changed`, changed records of a staging model. -#}
{% macro drifted_days(model) -%}
    {%- set conditions = ['false'] -%}
    {%- if declares_column(model, 'rescued_fields') -%}
        {%- do conditions.append('rescued_fields is not null') -%}
    {%- endif -%}
    {%- for column, values in known_values().get(model, {}).items() -%}
        {%- do conditions.append(unknown_value(column, values)) -%}
    {%- endfor -%}
    select distinct cast(landed_at as date) from changed where {{ conditions | join(' or ') }}
{%- endmacro %}


{#- What a value of JSON looks like. Quotes are gone by then: "12" looks like a number. -#}
{% macro json_type(value) -%}
    case
            when {{ value }} is null then 'null'
            when startswith({{ value }}, '{') then 'object'
            when startswith({{ value }}, '[') then 'array'
            when {{ value }} in ('true', 'false') then 'boolean'
            when try_cast({{ value }} as double) is not null then 'number'
            else 'string'
        end
{%- endmacro %}
