{#- Replay: what landed within a window is judged and summed once more, on any target, with the var `replay`:
    {sources: [...], regions: [...], from: ..., to: ...}. docs/replay.md says what it does and what not. -#}

{#- The var, checked: {sources, regions, from, to}; none where nothing is to be replayed. Landed at or after `from`, before
    `to`, UTC; without regions, of all. -#}
{% macro replay() -%}
    {%- set asked = var('replay', none) -%}
    {%- if not asked or not execute -%}{{ return(none) }}{%- endif -%}
    {%- set names, known = asked.get('sources') or [], telemetry_sources().keys() | list -%}
    {%- set moment = '[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?)?' -%}
    {%- set unknown = names | reject('in', known) | list -%}
    {%- if not names or unknown -%}
        {{ exceptions.raise_compiler_error(
            'The var replay needs sources, a list of: ' ~ known | join(', ')
            ~ ('; it has ' ~ unknown | join(', ') if unknown else '')
        ) }}
    {%- endif -%}
    {%- for end in ('from', 'to') if not modules.re.fullmatch(moment, asked.get(end) | string) -%}
        {{ exceptions.raise_compiler_error(
            'The var replay needs `' ~ end ~ "`, a time in UTC like '2026-01-05' or '2026-01-05 13:00': "
            ~ asked.get(end)
        ) }}
    {%- endfor -%}
    {{ return({
        'sources': names, 'regions': asked.get('regions') or [], 'from': asked['from'] | string, 'to': asked['to'] | string,
    }) }}
{%- endmacro %}


{#- Condition under which rows of an input are read again; none where the replay is not about it. Bronze is read again by
    its staging model alone. What silver has of the window is read again for all regions: gold's days are whole. -#}
{% macro replayed_where(relation) -%}
    {%- set asked = replay() -%}
    {%- if asked is not none -%}
        {%- for name in asked.sources -%}
            {%- set staging = telemetry_sources()[name] -%}
            {%- if model.name == staging and relation.identifier == name -%}
                {%- set of_regions = ' and region in (' ~ literals(asked.regions) ~ ')' if asked.regions else '' -%}
                {{ return(landed_within('file_modified_at', asked) ~ of_regions) }}
            {%- elif relation.identifier == staging -%}
                {{ return(landed_within('landed_at', asked)) }}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(none) }}
{%- endmacro %}


{% macro landed_within(column, asked) -%}
    {{ return(column ~ " >= timestamp'" ~ asked['from'] ~ "' and " ~ column ~ " < timestamp'" ~ asked['to'] ~ "'") }}
{%- endmacro %}


{#- Rows to read again, as the input stood at its newest version, and the rows outside of the window that were not read
    yet. Of files that are delivered whole only the newest delivery counts, wherever it lies. -#}
{% macro replayed_rows(relation, window, again) -%}
    {%- set merge = (config.get('meta') or {}).get('merge', {}) -%}
    select landed.*
    from {{ relation }} version as of {{ window.to }} as landed
    {%- if merge.whole and model.name in telemetry_sources().values() %}
    left semi join (
        select source_file, max(file_modified_at) as file_modified_at
        from {{ relation }} version as of {{ window.to }}
        group by source_file
    ) as newest on landed.source_file = newest.source_file and landed.file_modified_at = newest.file_modified_at
    {%- endif %}
    where {{ again }}
    {%- if window.since != window.to %}
    union all
    select * except (_change_type, _commit_version, _commit_timestamp)
    from {{ changed_rows(relation, window) }}
    where _change_type in ('insert', 'update_postimage') and not ({{ again }})
    {%- endif %}
{%- endmacro %}


{#- The same as changed rows, for models that ask which days those touch. -#}
{% macro changed_or_replayed(relation, window, again) -%}
    {%- if again is not none %}
        select *, 'insert' as _change_type, {{ window.to }}L as _commit_version, current_timestamp() as _commit_timestamp
        from {{ relation }} version as of {{ window.to }}
        where {{ again }}
        {{ 'union all' if window.since != window.to }}
    {%- endif %}
    {%- if window.since != window.to %}
        select * from {{ changed_rows(relation, window) }}
    {%- endif %}
{%- endmacro %}


{#- Whether this model has read rows again. -#}
{% macro has_replayed() -%}
    {{ return(noted_reads() | selectattr('replayed') | list | length > 0) }}
{%- endmacro %}


{#- Whether this model is the staging model of a source that is replayed. -#}
{% macro judges_again() -%}
    {{ return(has_replayed() and '/* judged */' in (model.compiled_code or '')) }}
{%- endmacro %}


{#- The bronze table of a staging model. -#}
{% macro judged_relation() -%}
    {%- for unique_id in model.depends_on.nodes if unique_id in graph.sources -%}
        {%- set node = graph.sources[unique_id] -%}
        {{ return(api.Relation.create(database=node.database, schema=node.schema, identifier=node.identifier)) }}
    {%- endfor -%}
{%- endmacro %}


{#- keyed_merge of a staging model that judges again: silver becomes what a full refresh would make of the window. Known
    keys change where the row as it is judged now differs, and what no row of its delivery vouches for any more is gone.
    Only rows that change are written; where none do, nothing is. -#}
{% macro replaying_merge_sql(arg_dict, merge) -%}
    {%- set target, temp, key = arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['unique_key'] -%}
    {%- set columns = adapter.get_columns_in_relation(target) | map(attribute='name') | list -%}
    {%- set on = ['kept.' ~ key ~ ' = arrived.' ~ key] -%}
    {%- set among = 'true' -%}
    {%- if merge.prune_by -%}
        {%- do on.append('kept.' ~ merge.prune_by ~ ' = arrived.' ~ merge.prune_by) -%}
    {%- endif -%}
    {%- if merge.prune_by and not merge.whole -%}
        {%- set found = run_query(replayed_prunes(target, temp, merge.prune_by)).columns[0].values() | sort -%}
        {%- if not found -%}{{ return('select 1 as nothing_arrived') }}{%- endif -%}
        {%- set among = 'kept.' ~ merge.prune_by ~ ' in (' ~ literals(found) ~ ')' -%}
    {%- endif -%}
    {%- set changing = replayed_changes(target, temp, merge, columns, on, among) -%}
    {%- if not run_query('select 1 from (' ~ changing ~ ') limit 1').rows -%}
        {{ return('select 1 as nothing_changed') }}
    {%- endif -%}
    merge into {{ target }} as kept
    using ({{ changing }}) as arrived
    on {{ on | join(' and ') }} and {{ among }}
    when matched and arrived.is_gone then delete
    when matched then update set
        {% for column in columns %}{{ column }} = arrived.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
    when not matched and not arrived.is_gone then insert ({{ columns | join(', ') }})
        values ({% for column in columns %}arrived.{{ column }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}


{#- Days (or folders) of what arrived and of what silver has of the window. -#}
{% macro replayed_prunes(target, temp, prune_by) -%}
    select distinct {{ prune_by }} from {{ temp }}
    union
    select distinct {{ prune_by }} from {{ target }} where {{ landed_within('landed_at', replay()) }}
{%- endmacro %}


{#- Rows of silver that change, and rows that are gone. Due is a kept row whose own delivery was judged again, or whose
    file was delivered whole anew. A kept row that is not due gives way to what it would have given way to before: to the
    newer state, or where the first delivery holds, to an earlier one. -#}
{% macro replayed_changes(target, temp, merge, columns, on, among) -%}
    {%- set bronze = judged_relation() -%}
    {%- set earlier = 'struct(arrived.ingested_at, arrived.source_file) < struct(kept.ingested_at, kept.source_file)' -%}
    {%- set whole = merge.whole -%}
    {%- set kept -%}
        select
            kept.*,
            judged_again.source_file is not null
            {%- if whole %} or coalesce(kept.{{ whole.at }} < delivered.delivered_at, false){% endif %} as is_due
        from {{ target }} as kept
        left join (
            select distinct source_file, ingested_at from {{ bronze }} where {{ replayed_where(bronze) }}
        ) as judged_again
            on kept.source_file = judged_again.source_file and kept.ingested_at = judged_again.ingested_at
        {%- if whole %}
        left join (select {{ whole.of }}, max({{ whole.at }}) as delivered_at from {{ temp }} group by all) as delivered
            on kept.{{ whole.of }} = delivered.{{ whole.of }}
        {%- endif %}
        where {{ among }}
    {%- endset -%}
    select arrived.`{{ columns | join('`, arrived.`') }}`, false as is_gone
    from {{ temp }} as arrived
    left join ({{ kept }}) as kept on {{ on | join(' and ') }}
    where
        kept.is_due is null
        or {{ row_content('arrived', columns) }} <> {{ row_content('kept', columns) }}
        and (kept.is_due or ({{ merge.newer or earlier }}))
    union all
    select kept.`{{ columns | join('`, kept.`') }}`, true as is_gone
    from ({{ kept }}) as kept
    left anti join {{ temp }} as arrived on {{ on | join(' and ') }}
    where kept.is_due
{%- endmacro %}


{#- keep_rejected() of a model that judges again: of files in the window, rows that are good now leave the quarantine. -#}
{% macro keep_rejected_again(rejected, source) -%}
    {%- set relation, bronze, asked = quarantine_relation(), judged_relation(), replay() -%}
    {%- set columns = adapter.get_columns_in_relation(relation) | map(attribute='name') | list -%}
    {%- set same = 'kept.source_file = rejected.source_file and kept.ingest_batch = rejected.ingest_batch'
        ~ ' and kept.line_hash = rejected.line_hash' -%}
    {%- set kept = 'select * from ' ~ relation ~ " where source = '" ~ source ~ "'" -%}
    {%- set changing -%}
        select rejected.{{ columns | join(', rejected.') }}, false as is_gone
        from ({{ rejected }}) as rejected
        left join ({{ kept }}) as kept on {{ same }}
        where kept.quarantine_reason is null or kept.quarantine_reason <> rejected.quarantine_reason
        union all
        select kept.{{ columns | join(', kept.') }}, true as is_gone
        from ({{ kept }} and {{ landed_within('landed_at', asked) }}) as kept
        left semi join (
            select distinct source_file from {{ bronze }} where {{ replayed_where(bronze) }}
        ) as judged_again on kept.source_file = judged_again.source_file
        left anti join ({{ rejected }}) as rejected on {{ same }}
    {%- endset -%}
    {%- if not run_query('select 1 from (' ~ changing ~ ') limit 1').rows -%}{{ return('') }}{%- endif -%}
    merge into {{ relation }} as kept using ({{ changing }}) as rejected
    on kept.source = '{{ source }}' and {{ same }}
    when matched and rejected.is_gone then delete
    when matched then update set quarantine_reason = rejected.quarantine_reason, copies = rejected.copies
    when not matched and not rejected.is_gone then insert ({{ columns | join(', ') }})
        values (rejected.{{ columns | join(', rejected.') }})
{%- endmacro %}
