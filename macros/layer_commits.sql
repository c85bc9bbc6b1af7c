{#- When tables of silver and gold took in which version of their inputs: the moves of their cursors, out of the tables'
    own histories. Rows (relation_name, layer, committed_at, input_name, input_committed_at) newer than those that
    `known` has, a dictionary from relation to the time of its last known move. -#}
{% macro layer_commits(nodes, known) -%}
    {%- set rows, histories = [], {} -%}
    {%- for node in nodes -%}
        {%- set relation = adapter.get_relation(node.database, node.schema, node.alias) -%}
        {%- set inputs = cursor_inputs(node) -%}
        {%- set name = relation_key(relation) if relation -%}
        {%- for move in cursor_moves(relation) if not known.get(name) or move.at > known[name] -%}
            {%- set input = inputs.get(move.hash) -%}
            {%- if input and relation_key(input) not in histories -%}
                {%- do histories.update({relation_key(input): commit_times(input)}) -%}
            {%- endif -%}
            {%- set input_at = histories.get(relation_key(input), {}).get(move.version) if input -%}
            {%- if input_at -%}
                {%- set layer = 'gold' if node.fqn[1] == 'gold' else 'silver' -%}
                {%- do rows.append([name, layer, move.at, relation_key(input), input_at]) -%}
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


{#- Moves of a table's cursors, {at, hash, version}, as SET TBLPROPERTIES left them in its history. -#}
{% macro cursor_moves(relation) -%}
    {%- set moves = [] -%}
    {%- set history = run_query('describe history ' ~ relation ~ ' limit 200') if relation and not relation.is_view -%}
    {%- for row in history or [] if row['operation'] == 'SET TBLPROPERTIES' -%}
        {%- for hash, version in modules.re.findall(
            'lakeledger[.]cursor[.]([0-9a-f]{32})[^0-9]+([0-9]+)', row['operationParameters'] | string
        ) -%}
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
{% macro as_utc(value) -%} {{ return((value | string)[:23]) }} {%- endmacro %}


{#- layer_commits() of the given models and of those between them and staging, beyond what this model has. -#}
{% macro observed_commits(nodes) -%}
    {%- if not execute -%} {{ return([]) }} {%- endif -%}
    {%- set watched, known = {}, {} -%}
    {%- for node in nodes -%}
        {%- do watched.update({node.unique_id: node}) -%}
        {%- for unique_id in node.depends_on.nodes if '.int_' in unique_id -%}
            {%- set between = graph.nodes[unique_id] -%}
            {%- if between.config.materialized == 'incremental' -%} {%- do watched.update({unique_id: between}) -%} {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if is_incremental() -%}
        {%- set last = 'select relation_name, max(committed_at) as at from ' ~ this ~ ' group by relation_name' -%}
        {%- for row in run_query(last) -%} {%- do known.update({row['relation_name']: as_utc(row['at'])}) -%} {%- endfor -%}
    {%- endif -%}
    {{ return(layer_commits(watched.values(), known)) }}
{%- endmacro %}
