{#- When each batch of files reached the tables that read `relation_name`: the first move of their cursors over a state
    of it that was committed no earlier than `reached_at`, when the batch was there. Null while there is none yet.
    A table's first read is its initial load and no delivery: what was there before is not measured.

    batches   name of the CTE with source_name, ingested_at, relation_name, reached_at
    commits   name of the CTE with int_platform__layer_commits -#}
{% macro reached(batches, commits) -%}
    select
        source_name,
        ingested_at,
        relation_name,
        layer,
        if(there_at is null, null, taken_in_at) as reached_at
    from (
        select
            *,
            min(committed_at) over (
                partition by relation_name, input_name order by there_at
                range between current row and unbounded following
            ) as taken_in_at
        from (
            select
                source_name,
                ingested_at,
                readers.relation_name,
                readers.layer,
                readers.input_name,
                batches.reached_at as there_at,
                cast(null as timestamp) as committed_at
            from {{ batches }} as batches
            inner join (
                select relation_name, layer, input_name, min(input_committed_at) as loaded_at
                from {{ commits }}
                group by relation_name, layer, input_name
            ) as readers on batches.relation_name = readers.input_name
            where coalesce(batches.reached_at, batches.ingested_at) > readers.loaded_at
            union all
            select null, null, relation_name, layer, input_name, input_committed_at, committed_at from {{ commits }}
        )
    )
    where source_name is not null
{%- endmacro %}


{#- When each batch of files reached each table, up to three steps on from bronze. A table that it reaches in several
    ways has it when the last of them has brought it. -#}
{% macro arrivals(files, commits) -%}
    with step_0 as (
        select
            source_name,
            ingested_at,
            relation_name,
            'bronze' as layer,
            ingested_at as reached_at
        from {{ files }}
        group by source_name, ingested_at, relation_name
    )
    {%- for step in range(3) %},
    step_{{ step + 1 }} as (
        {{ reached('step_' ~ step, commits) }}
    )
    {%- endfor %}
    select
        source_name,
        ingested_at,
        relation_name,
        layer,
        if(count(reached_at) < count(*), null, max(reached_at)) as reached_at
    from (
        {%- for step in range(4) %}
        select * from step_{{ step }}
        {%- if not loop.last %} union all {%- endif %}
        {%- endfor %}
    )
    group by source_name, ingested_at, relation_name, layer
{%- endmacro %}


{#- Seconds from one time to another that is later; never negative, because the clocks of stores differ by moments. -#}
{% macro lag_seconds(from_at, to_at) -%}
    if(
            {{ to_at }} is null, null,
            cast(greatest(0, unix_millis({{ to_at }}) - unix_millis({{ from_at }})) / 1000 as decimal(18, 3))
        )
{%- endmacro %}
