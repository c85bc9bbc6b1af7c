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
