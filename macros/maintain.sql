{#- Keeps tables small to read: joins their small files and deletes replaced ones.

        dbt run-operation maintain --args '{schemas: [silver, gold_billing], vacuum_hours: 720}'

    Without vacuum_hours a replaced file goes when the table's own property says (delta.deletedFileRetentionDuration,
    three days). It stops where a table cannot be maintained, as another run writes it; to be run again. -#}
{% macro maintain(schemas, vacuum_hours=none) -%}
    {%- set retained = ' retain ' ~ vacuum_hours ~ ' hours' if vacuum_hours is not none else '' -%}
    {%- for relation in maintained_tables(schemas) -%}
        {%- do run_query('optimize ' ~ relation) -%}
        {%- do run_query('vacuum ' ~ relation ~ retained) -%}
        {%- do log('Maintained: ' ~ relation_key(relation), true) -%}
    {%- endfor -%}
{%- endmacro %}


{#- The tables of these schemas that the project declares and that are there, each once. -#}
{% macro maintained_tables(schemas) -%}
    {%- set found = {} -%}
    {%- if execute -%}
        {%- for node in (graph.nodes.values() | list) + (graph.sources.values() | list) if node.schema in schemas -%}
            {%- if node.resource_type in ('model', 'snapshot', 'source') -%}
                {%- set name = node.identifier or node.alias -%}
                {%- set relation = adapter.get_relation(node.database, node.schema, name) -%}
                {%- if relation and not relation.is_view -%}
                    {%- do found.update({relation_key(relation): relation}) -%}
                {%- endif -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found.values() | list) }}
{%- endmacro %}
