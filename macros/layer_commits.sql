{#- When tables of silver and gold took in which version of their inputs: the moves of their cursors, out of the tables'
    own histories. Rows (relation_name, layer, committed_at, input_name, input_version, input_committed_at) newer than
    what `known` has: a dictionary from relation to {at, versions}, the time of its last known move and the versions
    read by then. A history is only read where a cursor stands elsewhere. -#}
{% macro layer_commits(nodes, known) -%}
    {%- set rows, histories = [], {} -%}
    {%- for node in nodes -%}
        {%- set relation = adapter.get_relation(node.database, node.schema, node.alias) -%}
        {%- set inputs = cursor_inputs(node) -%}
        {%- set name = relation_key(relation) if relation -%}
        {%- set before = known.get(name, {'at': '', 'versions': {}}) -%}
        {%- for move in cursor_moves(relation, inputs, before.versions) if move.at > before.at -%}
            {%- set input = inputs[move.hash] -%}
            {%- if relation_key(input) not in histories -%}
                {%- do histories.update({relation_key(input): commit_times(input)}) -%}
            {%- endif -%}
            {%- set input_at = histories[relation_key(input)].get(move.version) -%}
            {%- if input_at -%}
                {%- set layer = 'gold' if node.fqn[1] == 'gold' else 'silver' -%}
                {%- do rows.append([name, layer, move.at, relation_key(input), move.version, input_at]) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(rows) }}
{%- endmacro %}


{#- Inputs of a model by the hash under which its cursor names them. Not the ledger: it speaks of every source, so what
    came through it says nothing of one. -#}
{% macro cursor_inputs(node) -%}
    {%- set inputs = {} -%}
    {%- for unique_id in node.depends_on.nodes if not unique_id.endswith('int_platform__time_sectors') -%}
        {%- set input = graph.nodes.get(unique_id) or graph.sources.get(unique_id) -%}
        {%- set relation = api.Relation.create(
            database=input.database, schema=input.schema, identifier=input.identifier or input.alias
        ) -%}
        {%- do inputs.update({local_md5(relation_key(relation)): relation}) -%}
    {%- endfor -%}
    {{ return(inputs) }}
{%- endmacro %}


{#- Moves of a table's cursors over its inputs, {at, hash, version}, as SET TBLPROPERTIES left them in its history;
    none where all cursors stand where they are known to stand. -#}
{% macro cursor_moves(relation, inputs, known_versions) -%}
    {%- set moves, elsewhere = [], [] -%}
    {%- if relation and not relation.is_view -%}
        {%- for property, version in table_properties(relation).items() if property.startswith('lakeledger.cursor.') -%}
            {%- set input = inputs.get(property.split('.')[2]) -%}
            {%- if input and known_versions.get(relation_key(input)) != version | int -%}
                {%- do elsewhere.append(input) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {%- set history = run_query('describe history ' ~ relation ~ ' limit 200') if elsewhere else [] -%}
    {%- for row in history if row['operation'] == 'SET TBLPROPERTIES' -%}
        {%- for hash, version in modules.re.findall(
            'lakeledger[.]cursor[.]([0-9a-f]{32})[^0-9]+([0-9]+)', row['operationParameters'] | string
        ) if hash in inputs -%}
            {%- do moves.append({'at': as_utc(row['timestamp']), 'hash': hash, 'version': version | int}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(moves) }}
{%- endmacro %}


{#- The time of each recent version of a table. -#}
{% macro commit_times(relation) -%}
    {%- set times = {} -%}
    {%- for row in run_query('describe history ' ~ relation ~ ' limit 200') -%}
        {%- do times.update({row['version'] | int: as_utc(row['timestamp'])}) -%}
    {%- endfor -%}
    {{ return(times) }}
{%- endmacro %}


{#- A timestamp as text without a zone, in UTC: sessions are pinned to it. -#}
{% macro as_utc(value) -%} {{ return(value.strftime('%Y-%m-%d %H:%M:%S.%f')[:23]) }} {%- endmacro %}


{#- layer_commits() of the given models and of those between them and staging, beyond what this model has, as a query
    of text columns. -#}
{% macro observed_commits(names) -%}
    {%- set rows = layer_commits(watched_nodes(names), known_commits() if is_incremental() else {})
        if asks_tables() and graph else [] -%}
    {%- set columns = 'relation_name, layer, committed_at, input_name, input_version, input_committed_at' -%}
    {%- if not rows -%}
        select {{ columns }} from values ('', '', '', '', '', '') as moves ({{ columns }}) where false
    {%- else -%}
        select {{ columns }} from values
            {% for row in rows -%} ('{{ row | join("', '") }}'){{ ', ' if not loop.last }} {% endfor %}
            as moves ({{ columns }})
    {%- endif -%}
{%- endmacro %}


{% macro watched_nodes(names) -%}
    {%- set watched = {} -%}
    {%- for name in names -%}
        {%- set node = model_node(name) -%}
        {%- do watched.update({node.unique_id: node}) -%}
        {%- for unique_id in node.depends_on.nodes if '.int_' in unique_id -%}
            {%- set between = graph.nodes[unique_id] -%}
            {%- if between.config.materialized == 'incremental' -%} {%- do watched.update({unique_id: between}) -%} {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(watched.values()) }}
{%- endmacro %}


{% macro known_commits() -%}
    {%- set known = {} -%}
    {%- for row in run_query(
        'select relation_name, input_name, max(committed_at) as at, max_by(input_version, committed_at) as version from '
        ~ this ~ ' group by all'
    ) -%}
        {%- set before = known.setdefault(row['relation_name'], {'at': '', 'versions': {}}) -%}
        {%- do before.versions.update({row['input_name']: row['version'] | int}) -%}
        {%- do before.update({'at': [before.at, as_utc(row['at'])] | max}) -%}
    {%- endfor -%}
    {{ return(known) }}
{%- endmacro %}
