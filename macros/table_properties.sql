{#- A table's log keeps the smallest and largest value of columns, and keeps them for longer than a deletion may take.
    So it keeps none of text: whatever a person wrote or is called stands in data files alone, which are replaced. -#}

{#- The properties of a table of a model, as dbt-databricks writes them, with statistics of the columns without text. -#}
{% macro databricks__tblproperties_clause(tblproperties=none) -%}
    {%- set properties = dict(tblproperties or config.get('tblproperties') or {}) -%}
    {%- if model.resource_type == 'model' and config.get('materialized') != 'view' -%}
        {%- set columns = textless_columns() -%}
        {%- do properties.update(
            {'delta.dataSkippingStatsColumns': columns | join(',')} if columns else {'delta.dataSkippingNumIndexedCols': 0}
        ) -%}
    {%- endif -%}
    {%- if properties %}
    tblproperties (
        {%- for name, value in properties.items() -%} '{{ name }}' = '{{ value }}'{{ ', ' if not loop.last }} {%- endfor -%}
    )
    {%- endif %}
{%- endmacro %}


{#- Columns of this model that are numbers or times, which Delta keeps statistics of, except those that it is partitioned
    by: their values are in the log anyway. -#}
{% macro textless_columns() -%}
    {%- set partitioned_by = config.get('partition_by') or [] -%}
    {%- set partitions = [partitioned_by] if partitioned_by is string else partitioned_by -%}
    {%- set found = [] -%}
    {%- for column in model.columns.values() if column.name not in partitions -%}
        {%- set type = (column.data_type or 'string') | lower -%}
        {%- if modules.re.fullmatch('(big|small|tiny)?int|date|timestamp|double|float|decimal.*', type) -%}
            {%- do found.append(column.name) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}


{#- The properties of a table that no model makes, for `tblproperties (...)`: statistics of these columns only. -#}
{% macro textless_properties(columns) -%}
    delta.enableChangeDataFeed = 'true',
    delta.deletedFileRetentionDuration = 'interval 3 days',
    delta.dataSkippingStatsColumns = '{{ columns | join(',') }}'
{%- endmacro %}


{#- The columns without text in the columns clause of a table: `name type not null, ...`. -#}
{% macro textless_names(columns) -%}
    {{ return(modules.re.findall('(\\w+) (?:bigint|date|timestamp|decimal[(][0-9,]+[)])', columns)) }}
{%- endmacro %}


{#- The properties that a table has, by name. -#}
{% macro table_properties(relation) -%}
    {%- set properties = {} -%}
    {%- for row in run_query('show tblproperties ' ~ relation) -%}
        {%- do properties.update({row[0]: row[1]}) -%}
    {%- endfor -%}
    {{ return(properties) }}
{%- endmacro %}
