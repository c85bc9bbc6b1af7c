{#- An observation: tables keep their histories for a month only, so a full refresh keeps what was seen. It watches
    gold from silver's folder, and so comes after it. -#}
{{ config(
    unique_key='commit_key',
    partition_by='committed_date',
    full_refresh=false,
    meta={'merge': {'prune_by': 'committed_date'}},
) }}

{% set nodes = [] -%}
{% for name in telemetry_sources().values() | list + watched_marts() -%}
    -- depends_on: {{ ref(name) }}
    {% if execute -%} {%- do nodes.append(model_node(name)) -%} {%- endif -%}
{% endfor -%}
{% set commits = observed_commits(nodes) -%}

with moves as (

    {% if commits -%}
        select * from values
            {% for row in commits -%} ('{{ row | join("', '") }}'){{ ', ' if not loop.last }} {% endfor %}
            as moves (relation_name, layer, committed_at, input_name, input_version, input_committed_at)
    {%- else -%}
        select
            '' as relation_name,
            '' as layer,
            '' as committed_at,
            '' as input_name,
            '' as input_version,
            '' as input_committed_at
        where false
    {%- endif %}

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
