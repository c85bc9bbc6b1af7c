{#- An observation: tables keep their histories for a month only, so a full refresh keeps what was seen. It watches
    gold from silver's folder, and so comes after it. -#}
{{ config(
    unique_key='commit_key',
    partition_by='committed_date',
    full_refresh=false,
    meta={'merge': {'prune_by': 'committed_date'}},
) }}

{% set names = telemetry_sources().values() | list + watched_marts() -%}
{% for name in names -%}
-- depends_on: {{ ref(name) }}
{% endfor -%}

with moves as (

    {{ observed_commits(names) }}

),

commits as (

    select
        left(sha2(to_json(array(relation_name, input_name, committed_at)), 256), 32) as commit_key,
        relation_name,
        layer,
        try_cast(committed_at as timestamp) as committed_at,
        try_cast(committed_at as date) as committed_date,
        input_name,
        try_cast(input_version as bigint) as input_version,
        try_cast(input_committed_at as timestamp) as input_committed_at
    from moves

)

select * from commits
