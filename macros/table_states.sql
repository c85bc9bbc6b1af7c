{#- Where each table stands, asked of the tables themselves: when it last moved, and since when it has not read what one of
    its inputs holds. Of every domain of which something has been built. Two statements a table. -#}

{#- Rows (domain, layer, table_name, committed_at, waiting_for, waiting_since, allowed_seconds) as a query of text columns. -#}
{% macro table_states() -%}
    {%- set columns = 'domain, layer, table_name, committed_at, waiting_for, waiting_since, allowed_seconds' -%}
    {%- set rows = found_table_states() if asks_tables() and flags.INTROSPECT else [] -%}
    {%- if not rows -%}
        select {{ columns }} from values ('', '', '', '', '', '', '') as states ({{ columns }}) where false
    {%- else -%}
        select {{ columns }} from values
            {% for row in rows -%} ('{{ row | join("', '") }}'){{ ', ' if not loop.last }} {% endfor %}
            as states ({{ columns }})
    {%- endif -%}
{%- endmacro %}


{% macro found_table_states() -%}
    {%- set rows, commits = [], {} -%}
    {%- for node in (graph.sources.values() | list) + (graph.nodes.values() | list)
        if (node.config.meta or {}).get('ingestion') or node.config.materialized in ('incremental', 'snapshot') -%}
        {%- set relation = load_relation(api.Relation.create(
            database=node.database, schema=node.schema, identifier=node.identifier or node.alias
        )) -%}
        {%- set own = newest_commit(relation, commits) if relation and not relation.is_view -%}
        {#- A source that has never delivered is not late: its table was made, and no more. -#}
        {%- if own and (own.version > 0 or node.resource_type != 'source') -%}
            {%- set waits = unread_input(node, relation, commits) -%}
            {%- do rows.append([
                domain_of(node), 'snapshots' if node.resource_type == 'snapshot' else node.fqn[1], relation_key(relation),
                own.at, waits.name or '', waits.at or '', allowed_seconds(node) | trim,
            ]) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(rows) }}
{%- endmacro %}


{#- The domain of a source, model or snapshot: its folder, or what its name says. -#}
{% macro domain_of(node) -%}
    {%- if node.resource_type == 'snapshot' -%} {{ return(node.name.split('__')[0].split('_')[-1]) }} {%- endif -%}
    {{ return(node.fqn[2] if node.resource_type == 'source' else node.fqn[-2]) }}
{%- endmacro %}


{#- {version, at} of a table's newest commit; `known` keeps what has been asked. -#}
{% macro newest_commit(relation, known) -%}
    {%- set name = relation_key(relation) -%}
    {%- if name not in known -%}
        {%- set row = run_query('describe history ' ~ relation ~ ' limit 1')[0] -%}
        {%- do known.update({name: {'version': row['version'] | int, 'at': as_utc(row['timestamp'])}}) -%}
    {%- endif -%}
    {{ return(known[name]) }}
{%- endmacro %}


{#- {name, at} of the input that a table has not read to its end, the one that moved first if there are several; both
    none where it has read everything, or keeps no cursor. -#}
{% macro unread_input(node, relation, commits) -%}
    {%- set found = {'name': none, 'at': none} -%}
    {%- set inputs = cursor_inputs(node) if node.config.materialized == 'incremental' else {} -%}
    {%- set cursors = table_properties(relation) if inputs else {} -%}
    {%- for property, version in cursors.items() if property.startswith('lakeledger.cursor.') -%}
        {%- set input = inputs.get(property.split('.')[2]) -%}
        {%- set newest = newest_commit(input, commits) if input and load_relation(input) else none -%}
        {%- if newest and newest.version > version | int and (found.at is none or newest.at < found.at) -%}
            {%- do found.update({'name': relation_key(input), 'at': newest.at}) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}


{#- Seconds after which a source that has delivered before is late, as it declares; empty for any other table. -#}
{% macro allowed_seconds(node) -%}
    {%- set limit = (node.config.get('freshness') or node.freshness or {}).get('warn_after') or {} -%}
    {%- if node.resource_type == 'source' and limit.get('count') -%}
        {{ limit.count * {'minute': 60, 'hour': 3600, 'day': 86400}[limit.period | string] }}
    {%- endif -%}
{%- endmacro %}
