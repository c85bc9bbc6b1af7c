{#- Incremental strategy keyed_merge: a merge on unique_key that reads only what can hold the new rows' keys.

    meta.merge.prune_by  column that a key never changes (the event's own day): its values among the new rows
                         become literals, which prune files; a join on the column does not
    meta.merge.kept_on   column that may change, whose kept value is one of the days that the model noted (falls_in)
    meta.merge.newer     condition over `arrived` and `kept` under which a known key is updated (state tables), or
                         `differs` where the arrived row always holds; without it the merge only inserts (event tables)
    meta.merge.whole     {of, at}: a column that names what is delivered whole, as a file, and one with its time: kept
                         rows of an earlier delivery of it that the new one lacks are deleted -#}
{% macro get_incremental_keyed_merge_sql(arg_dict) -%}
    {%- if nothing_arrived() -%}{{ return('select 1 as nothing_arrived') }}{%- endif -%}
    {%- set merge = (config.get('meta') or {}).get('merge', {}) -%}
    {%- if judges_again() -%}{{ return(replaying_merge_sql(arg_dict, merge)) }}{%- endif -%}
    {%- do judge_once(arg_dict['temp_relation']) -%}
    {%- set on = ['kept.' ~ arg_dict['unique_key'] ~ ' = arrived.' ~ arg_dict['unique_key']] -%}
    {%- if merge.prune_by -%}
        {%- set found = run_query('select distinct ' ~ merge.prune_by ~ ' from ' ~ arg_dict['temp_relation']) -%}
        {%- set values = found.columns[0].values() | sort -%}
        {%- if not values -%}{{ return('select 1 as nothing_arrived') }}{%- endif -%}
        {%- do on.append('kept.' ~ merge.prune_by ~ ' = arrived.' ~ merge.prune_by) -%}
        {%- do on.append('kept.' ~ merge.prune_by ~ ' in (' ~ literals(values) ~ ')') -%}
    {%- endif -%}
    {%- if merge.kept_on and noted_days() is not none -%}
        {%- if not noted_days() -%}{{ return('select 1 as nothing_changed') }}{%- endif -%}
        {%- do on.append('kept.' ~ merge.kept_on ~ ' in (' ~ literals(noted_days()) ~ ')') -%}
    {%- endif -%}
    {%- set newer = merge.newer -%}
    {%- if newer == 'differs' -%}
        {%- set columns = adapter.get_columns_in_relation(arg_dict['temp_relation']) | map(attribute='name') | list -%}
        {%- set newer = row_content('arrived', columns) ~ ' <> ' ~ row_content('kept', columns) -%}
    {%- endif -%}
    merge into {{ arg_dict['target_relation'] }} as kept
    using {{ arg_dict['temp_relation'] }} as arrived
    on {{ on | join(' and ') }}
    {% if newer -%} when matched and ({{ newer }}) then update set * {%- endif %}
    when not matched then insert *
    {%- if merge.whole %}
    when not matched by source and ({{ is_withdrawn(merge.whole, arg_dict['temp_relation']) }}) then delete
    {%- endif %}
{%- endmacro %}


{#- Condition over `kept`: the row belongs to an earlier delivery of something that was delivered whole anew. -#}
{% macro is_withdrawn(whole, arrived) -%}
    {%- set delivered = run_query(
        'select ' ~ whole.of ~ ', unix_micros(max(' ~ whole.at ~ ')) from ' ~ arrived ~ ' group by ' ~ whole.of
    ) -%}
    {%- for row in delivered -%}
        kept.{{ whole.of }} = {{ literals([row[0]]) }} and kept.{{ whole.at }} < timestamp_micros({{ row[1] }}) or {% endfor -%}
    false
{%- endmacro %}


{#- Incremental strategy replace_days: put the recomputed days in the place of the old ones, whole. -#}
{% macro get_incremental_replace_days_sql(arg_dict) -%}
    {%- set days = noted_days() -%}
    {%- set day = (config.get('meta') or {}).get('day') -%}
    {%- if days is none -%}
        {#- Every input was made anew: there is no day to spare. -#}
        {%- set where = 'true' -%}
    {%- else -%}
        {%- if not days -%}{{ return('select 1 as nothing_changed') }}{%- endif -%}
        {%- set where = day ~ ' in (' ~ literals(days) ~ ')' -%}
    {%- endif -%}
    insert into {{ arg_dict['target_relation'] }} by name replace where {{ where }}
    select * from {{ arg_dict['temp_relation'] }}
{%- endmacro %}


{#- The days that the compiled SQL of this model says it recomputes, or none where that is all. -#}
{% macro noted_days() -%}
    {%- set noted = modules.re.search('/\\* days (\\[.*?\\]) \\*/', model.compiled_code) -%}
    {{ return(fromjson(noted.group(1)) if noted else none) }}
{%- endmacro %}


{#- A list of values as SQL literals: days as dates, anything else as strings. -#}
{% macro literals(values) -%}
    {%- for value in values -%}
        {%- set is_day = (value | string).split('-') | map('length') | list == [4, 2, 2]
            and (value | string | replace('-', '')).isdigit() -%}
        {{ 'date' if is_day }}'{{ value | string | replace("\\", "\\\\") | replace("'", "\\'") }}'{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}


{#- Incremental strategy mirror, for small tables that are computed whole: makes the table equal to the result and
    writes only the rows that differ, so that a run with nothing new moves no version and readers see what changed.
    The column as_of, the time of the run, makes no difference. -#}
{% macro get_incremental_mirror_sql(arg_dict) -%}
    {%- if nothing_arrived() and replay() is none -%}{{ return('select 1 as nothing_arrived') }}{%- endif -%}
    {%- set columns = adapter.get_columns_in_relation(arg_dict['target_relation'])
        | map(attribute='name') | reject('equalto', 'as_of') | list -%}
    {%- set same_key = 'kept.' ~ arg_dict['unique_key'] ~ ' = arrived.' ~ arg_dict['unique_key'] -%}
    {%- set differs = row_content('kept', columns) ~ ' is distinct from ' ~ row_content('arrived', columns) -%}
    {%- set different = run_query(
        'select 1 from ' ~ arg_dict['target_relation'] ~ ' as kept full join ' ~ arg_dict['temp_relation']
        ~ ' as arrived on ' ~ same_key ~ ' where ' ~ differs ~ ' limit 1'
    ) -%}
    {%- if not different.rows -%}{{ return('select 1 as nothing_changed') }}{%- endif -%}
    merge into {{ arg_dict['target_relation'] }} as kept
    using {{ arg_dict['temp_relation'] }} as arrived
    on {{ same_key }}
    when matched and {{ differs }} then update set *
    when not matched then insert *
    when not matched by source then delete
{%- endmacro %}


{#- A row as one comparable value: maps cannot be compared, their JSON can. -#}
{% macro row_content(relation_alias, columns) -%}
    to_json(struct(
        {%- for column in columns -%}{{ relation_alias }}.`{{ column }}`{{ ', ' if not loop.last }}{%- endfor -%}
    ))
{%- endmacro %}
