{#- Write, check, publish: a published table (gold) whose check fails goes back to its last good version by RESTORE.
    docs/decisions/0027-a-failed-check-takes-the-table-back.md says why so, and why not silver. -#}

{#- Rows for the log, one for each table that a failed check is about. Off: --vars 'rollback: false'. -#}
{% macro roll_back(results) -%}
    {%- set rows = [] -%}
    {%- if var('rollback', true) and flags.WHICH == 'build' -%}
        {%- for name, failure in failed_tables(results).items() -%}
            {%- set row = restored(failure.node, name) -%}
            {%- do row.update({
                'component': 'rollback', 'subject': name,
                'message': row.message ~ ' Failed: ' ~ failure.tests | join(', ') ~ '.',
            }) -%}
            {%- do log('ALERT: ' ~ name ~ ': ' ~ row.message, true) -%}
            {%- do rows.append(row) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(rows) }}
{%- endmacro %}


{#- Published tables by name: {node, tests} of those with a failed check. -#}
{% macro failed_tables(results) -%}
    {%- set tables = {} -%}
    {%- for result in results if result.node.resource_type == 'test' and result.status == 'fail' -%}
        {%- for node in published_tables(result.node) -%}
            {%- set name = relation_key(node_relation(node)) -%}
            {%- do tables.setdefault(name, {'node': node, 'tests': []}).tests.append(result.node.name) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(tables) }}
{%- endmacro %}


{#- Published tables whose checks ran, and none failed: what is good about the version that is there now. -#}
{% macro tables_checked(results) -%}
    {%- set passed, others = [], [] -%}
    {%- for result in results if result.node.resource_type == 'test' -%}
        {%- for node in published_tables(result.node) -%}
            {%- do (passed if result.status in ('pass', 'warn') else others).append(relation_key(node_relation(node))) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(passed | unique | reject('in', others) | sort) }}
{%- endmacro %}


{#- The models of gold that a test is about: the one that declares it; of a test that reads several, those that no
    other of them is made from. -#}
{% macro published_tables(test) -%}
    {%- set gold, upstream = [], [] -%}
    {%- for unique_id in ([test.attached_node] if test.attached_node else test.depends_on.nodes) -%}
        {%- set node = graph.nodes.get(unique_id) -%}
        {%- if node and node.resource_type == 'model' and node.fqn[1] == 'gold' -%}
            {%- do gold.append(node) -%}
            {%- do upstream.extend(ancestors_in(node, test.depends_on.nodes)) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(gold | rejectattr('unique_id', 'in', upstream) | list) }}
{%- endmacro %}


{#- Which of some nodes a node is made from. -#}
{% macro ancestors_in(node, wanted) -%}
    {%- set found, seen, ahead = [], {}, node.depends_on.nodes | list -%}
    {#- Grows while it is walked: nodes that are met are walked, too. -#}
    {%- for unique_id in ahead if unique_id not in seen -%}
        {%- do seen.update({unique_id: true}) -%}
        {%- if unique_id in wanted -%} {%- do found.append(unique_id) -%} {%- endif -%}
        {%- set parent = graph.nodes.get(unique_id) -%}
        {%- if parent -%} {%- do ahead.extend(parent.depends_on.nodes) -%} {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}


{% macro node_relation(node) -%}
    {{ return(api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias)) }}
{%- endmacro %}


{#- Takes a table back; what was done as part of a row of the log. -#}
{% macro restored(node, name) -%}
    {%- set relation = node_relation(node) -%}
    {%- if node.config.materialized == 'view' -%}
        {{ return({'status': 'kept', 'message': 'is a view, it has no versions to go back to.'}) }}
    {%- endif -%}
    {%- set history = run_query('describe history ' ~ relation) -%}
    {%- set now = history.rows[0]['version'] | int -%}
    {%- set good = good_version(history, name) -%}
    {%- if good is none -%}
        {{ return({'status': 'kept', 'from_version': now, 'message':
            'stays at version ' ~ now ~ ': none to go back to has passed its checks. Mend the cause, then --full-refresh.'}) }}
    {%- elif good == now -%}
        {{ return({'status': 'kept', 'from_version': now, 'to_version': now, 'message':
            'stays at version ' ~ now ~ ': it passed its checks before and was not written since.'}) }}
    {%- endif -%}
    {%- set outcome = run_query(restore_script(relation, good)).columns[0].values()[0] -%}
    {{ return({'status': outcome, 'from_version': now, 'to_version': good, 'message':
        ('is back at version ' ~ good ~ ', from ' ~ now ~ '.') if outcome == 'rolled back' else
        ('could not be taken back from version ' ~ now ~ ' to ' ~ good ~ ': restore table by hand.')}) }}
{%- endmacro %}


{#- The newest version that was there when a run had checked the table and found it good; none where no run has. -#}
{% macro good_version(history, name) -%}
    {%- set checked_at = run_query(last_checked(name)).columns[0].values()[0] -%}
    {%- if checked_at is none -%} {{ return(none) }} {%- endif -%}
    {%- set erased_at = last_erased(name) -%}
    {%- for row in history.rows if invocation_id not in (row['userMetadata'] or '') -%}
        {%- if as_utc(row['timestamp']) <= as_utc(checked_at) -%}
            {%- set is_allowed = erased_at is none or as_utc(row['timestamp']) > as_utc(erased_at) -%}
            {{ return(row['version'] | int if is_allowed else none) }}
        {%- endif -%}
    {%- endfor -%}
    {{ return(none) }}
{%- endmacro %}


{#- When a person was last erased from a table, none where nobody was: an older version would bring them back. -#}
{% macro last_erased(name) -%}
    {%- set requests = load_relation(platform_log_relation('deletion_requests')) -%}
    {%- if requests is none -%} {{ return(none) }} {%- endif -%}
    {%- set erased = run_query(
        'select max(coalesce(erased_at, current_timestamp())) from ' ~ requests
        ~ ' where array_contains(touched, ' ~ quoted(name) ~ ')'
    ) -%}
    {{ return(erased.columns[0].values()[0]) }}
{%- endmacro %}


{% macro last_checked(name) -%}
    {%- set table = platform_log_relation() -%}
    begin
        {{ prepare_platform_log(table) }}
        select max(logged_at) as checked_at from {{ table }}
        where component = 'dbt' and array_contains(tables_checked, {{ quoted(name) }});
    end
{%- endmacro %}


{#- A statement that gives 'rolled back' or 'failed'. Without the catalog, which is the session's: what is executed here
    is a text, and the embedded lakehouse knows its catalog by name in statements alone. -#}
{% macro restore_script(relation, version) -%}
    {%- set name = relation.include(database=false) -%}
    begin
        declare exit handler for sqlexception begin values ('failed'); end;
        execute immediate {{ quoted('restore table ' ~ name ~ ' to version as of ' ~ version) }};
        values ('rolled back');
    end
{%- endmacro %}
