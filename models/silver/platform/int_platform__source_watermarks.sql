{{ config(
    unique_key='watermark_key',
    meta={'merge': {'newer': 'arrived.last_landed_at > kept.last_landed_at'
        ~ ' or arrived.last_ingested_at > kept.last_ingested_at'}},
) }}

{% set sources = ['audit_logs', 'billable_usage', 'billing_usage', 'cloudtrail', 'cluster_events', 'cluster_metrics',
    'clusters', 'delivery_manifests', 'job_runs', 'job_task_runs', 'job_webhooks', 'jobs', 'list_prices',
    'spark_events', 'workspaces'] -%}
{% set cursors = stored_cursors() -%}

with arrived as (

    {% for name in sources %}
        select
            '{{ name }}' as source_name,
            region,
            file_modified_at as landed_at,
            ingested_at
        from {{ changes(source('platform', name), cursors) }}
        {% if not loop.last %} union all {% endif %}
    {% endfor %}

),

known as (

    select
        source_name,
        region,
        max(landed_at) as last_landed_at,
        max(ingested_at) as last_ingested_at
    from arrived
    group by all
    {% if is_incremental() %}
        union all
        select
            source_name,
            region,
            last_landed_at,
            last_ingested_at
        from {{ this }}
    {% endif %}

),

watermarks as (

    select
        concat(source_name, '|', region) as watermark_key,
        source_name,
        region,
        max(last_landed_at) as last_landed_at,
        max(last_ingested_at) as last_ingested_at
    from known
    group by all

)

select * from watermarks
