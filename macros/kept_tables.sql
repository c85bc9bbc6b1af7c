{#- Tables that no model makes, because what is in them is never made again: the ledger, predictions, what was measured. -#}

{#- A table of the project's own in one of its schemas, by the name that the schema has in this target. -#}
{% macro kept_relation(schema, name) -%}
    {{ return(api.Relation.create(
        database=target.database, schema=generate_schema_name(schema, none) | trim, identifier=name
    )) }}
{%- endmacro %}


{#- On-run-start: those that are missing are made, so that they are there before the first model that reads them.

    tables      columns clause by name of table
    partitions  column that a table is partitioned by, by name of table; its values are in the log anyway -#}
{% macro create_kept_tables(schema, tables, partitions={}) -%}
    {%- if execute and flags.WHICH in ('run', 'build') -%}
        {%- do adapter.create_schema(kept_relation(schema, tables | first)) -%}
        {%- for name, columns in tables.items() -%}
            {%- set partition = partitions.get(name) -%}
            {%- do run_query(
                'create table if not exists ' ~ kept_relation(schema, name) ~ ' (' ~ columns ~ ') using delta'
                ~ (' partitioned by (' ~ partition ~ ')' if partition else '') ~ ' tblproperties ('
                ~ textless_properties(textless_names(columns) | reject('equalto', partition) | list) ~ ')'
            ) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
