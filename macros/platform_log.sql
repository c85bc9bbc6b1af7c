{#- The log of the platform: who ran what, with which code, on which versions of tables. Ingestion and the commands of
    `lakeledger` write to the same table (operations/platform_log.py holds the same columns, a test compares them). -#}

{% macro platform_log_columns() -%}
    {{ return({
        'logged_at': 'timestamp',
        'component': 'string',
        'run_id': 'string',
        'subject': 'string',
        'status': 'string',
        'message': 'string',
        'files': 'bigint',
        'rows_out': 'bigint',
        'seconds': 'double',
        'actor': 'string',
        'code_version': 'string',
        'git_revision': 'string',
        'nodes_ok': 'bigint',
        'nodes_failed': 'bigint',
        'table_versions': 'map<string,bigint>',
        'tables_checked': 'array<string>',
        'from_version': 'bigint',
        'to_version': 'bigint',
    }) }}
{%- endmacro %}


{#- The table, or one beside it. -#}
{% macro platform_log_relation(name='platform_logs') -%} {{ return(kept_relation('operations', name)) }} {%- endmacro %}


{#- The statement after which commits of this session say who made them, with which code, in which run. A SQL warehouse
    takes no setting of Spark: there it is nothing, and history has the user and the job that Databricks notes. -#}
{% macro tell_commits() -%}
    {%- if execute and '/warehouses/' not in target.http_path -%}
        {%- set told = {
            'run_id': invocation_id,
            'component': 'dbt',
            'actor': env_var('LAKELEDGER_ACTOR', env_var('USER', 'unknown')),
            'git_revision': env_var('LAKELEDGER_GIT_REVISION', 'unknown'),
        } -%}
        set spark.databricks.delta.commitInfo.userMetadata = {{ tojson(told) }}
    {%- endif -%}
{%- endmacro %}


{#- On-run-end: tables whose checks failed go back to their last good version, and the run leaves its rows in the log. -#}
{% macro end_of_run(results) -%}
    {%- if execute and flags.WHICH in ('build', 'run', 'test', 'seed', 'snapshot') -%}
        {%- set telling = tell_commits() | trim -%}
        {%- if telling -%} {%- do run_query(telling) -%} {%- endif -%}
        {%- set rolled_back = roll_back(results) -%}
        {%- set written = run_query(add_to_platform_log(run_rows(results) + rolled_back)) -%}
        {%- if written.columns[0].values()[0] != 'written' -%}
            {%- do log('The platform log could not be written; the data are taken. Query history has the reason.', true) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{#- A row for the invocation, and one for each node that failed. -#}
{% macro run_rows(results) -%}
    {%- set counts, failed, rows = {}, [], [] -%}
    {%- for result in results -%}
        {%- set status = result.status | string -%}
        {%- do counts.update({status: counts.get(status, 0) + 1}) -%}
        {%- if status in ('error', 'fail', 'runtime error') -%}
            {%- do failed.append(result) -%}
            {%- set message = (result.message or '').split() | join(' ') -%}
            {%- do rows.append({
                'subject': result.node.unique_id, 'status': 'failed', 'message': message[:500],
                'seconds': result.execution_time,
            }) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set said = [] -%}
    {%- for status, count in counts.items() -%} {%- do said.append(count ~ ' ' ~ status) -%} {%- endfor -%}
    {%- do rows.insert(0, {
        'subject': 'dbt ' ~ flags.WHICH, 'status': 'failed' if failed else 'ok', 'message': said | join(', '),
        'seconds': (modules.datetime.datetime.now(modules.pytz.utc) - run_started_at).total_seconds(),
        'nodes_ok': counts.get('success', 0) + counts.get('pass', 0) + counts.get('warn', 0),
        'nodes_failed': failed | length, 'table_versions': versions_read(results), 'tables_checked': tables_checked(results),
    }) -%}
    {{ return(rows) }}
{%- endmacro %}


{#- The version of each input that this run read, as the models noted it. -#}
{% macro versions_read(results) -%}
    {%- set versions = {} -%}
    {%- for result in results if result.node.resource_type == 'model' and result.status == 'success' -%}
        {%- for read in noted_reads(result.node.compiled_code) if read.to is not none -%}
            {%- do versions.update({read.input: [read.to, versions.get(read.input, 0)] | max}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(versions) }}
{%- endmacro %}


{#- One statement that adds rows, and makes the table or its newer columns where they are missing. It gives 'written'
    or 'failed' and raises nothing: a log is no reason for a run to fail. -#}
{% macro add_to_platform_log(rows) -%}
    {%- set table = platform_log_relation() -%}
    begin
        declare outcome string default 'failed';
        begin
            declare exit handler for sqlexception begin end;
            {{ insert_log_rows(table, rows) }};
            set outcome = 'written';
        end;
        if outcome = 'failed' then
            begin
                declare exit handler for sqlexception begin end;
                {{ prepare_platform_log(table) }}
                {{ insert_log_rows(table, rows) }};
                set outcome = 'written';
            end;
        end if;
        values (outcome);
    end
{%- endmacro %}


{#- Statements of a script: the table is there and has every column. -#}
{% macro prepare_platform_log(table) -%}
    begin
        declare exit handler for sqlexception begin end;
        create schema if not exists {{ table.without_identifier() }};
    end;
    create table if not exists {{ table }} (
        {%- for name, kind in platform_log_columns().items() -%} {{ name }} {{ kind }}{{ ', ' if not loop.last }} {%- endfor -%}
    ) using delta;
    {% for name, kind in platform_log_columns().items() -%}
    begin
        declare exit handler for sqlexception begin end;
        alter table {{ table }} add columns ({{ name }} {{ kind }});
    end;
    {% endfor -%}
{%- endmacro %}


{% macro insert_log_rows(table, rows) -%}
    {%- set own = {
        'component': 'dbt', 'run_id': invocation_id, 'code_version': var('code_version'), 'git_revision': git_revision()
    } -%}
    {%- set computed = {'logged_at': 'current_timestamp()', 'actor': 'current_user()'} -%}
    insert into {{ table }} ({{ platform_log_columns() | join(', ') }})
    {% for row in rows -%}
    select
        {% for name, kind in platform_log_columns().items() -%}
        {{ computed.get(name) or log_value(row.get(name, own.get(name)), kind) }}{{ ', ' if not loop.last }}
        {%- endfor %}
    {{ 'union all ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}


{% macro log_value(value, kind) -%}
    {%- if value is none -%} cast(null as {{ kind }})
    {%- elif value is mapping -%} from_json({{ quoted(tojson(value)) }}, '{{ kind }}')
    {%- elif kind.startswith('array') -%} from_json({{ quoted(tojson(value)) }}, '{{ kind }}')
    {%- elif value is number -%} cast({{ value }} as {{ kind }})
    {%- else -%} {{ quoted(value | string) }}
    {%- endif -%}
{%- endmacro %}


{#- The project's revision, as the caller tells it: dbt does not know it. -#}
{% macro git_revision() -%} {{ return(env_var('LAKELEDGER_GIT_REVISION', 'unknown')) }} {%- endmacro %}
