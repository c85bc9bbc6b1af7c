{#- Incremental strategy replace_tails, for histories of subjects that are computed again from a moment on: of each
    subject in the result, the rows from its first recomputed one on are replaced by the result. What came before is
    not read, so the work does not grow with a subject's age.

    meta.tail.of        column that names the subject
    meta.tail.by        column that orders its rows
    meta.tail.prune_by  day of `by`, which a key never changes: the days concerned become literals, which prune files -#}
{% macro get_incremental_replace_tails_sql(arg_dict) -%}
    {#- An input was made anew: what it no longer has must go, so all is compared. -#}
    {%- if noted_reads() | selectattr('since', 'none') | list -%}
        {{ return(get_incremental_mirror_sql(arg_dict)) }}
    {%- endif -%}
    {%- set target, temp, key = arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['unique_key'] -%}
    {%- set tail = config.get('meta').tail -%}
    {%- set columns = adapter.get_columns_in_relation(target) | map(attribute='name') | list -%}
    {%- set replacing -%}
        select {{ columns | join(', ') }}, false as is_gone from {{ temp }}
        union all
        select {{ columns | join(', ') }}, true as is_gone
        from (
            select old.* from {{ target }} as old
            inner join (select {{ tail.of }}, min({{ tail.by }}) as tail_from from {{ temp }} group by all) as tails
                on old.{{ tail.of }} = tails.{{ tail.of }} and old.{{ tail.by }} >= tails.tail_from
            left anti join {{ temp }} as new on old.{{ key }} = new.{{ key }}
        )
    {%- endset -%}
    {%- set days = run_query('select distinct ' ~ tail.prune_by ~ ' from (' ~ replacing ~ ')').columns[0].values() -%}
    {%- if not days -%}{{ return('select 1 as nothing_arrived') }}{%- endif -%}
    merge into {{ target }} as kept
    using ({{ replacing }}) as arrived
    on kept.{{ key }} = arrived.{{ key }}
        and kept.{{ tail.prune_by }} = arrived.{{ tail.prune_by }}
        and kept.{{ tail.prune_by }} in ({{ literals(days | sort) }})
    when matched and arrived.is_gone then delete
    when matched and {{ row_content('kept', columns) }} <> {{ row_content('arrived', columns) }} then update set
        {% for column in columns %}{{ column }} = arrived.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
    when not matched and not arrived.is_gone then insert ({{ columns | join(', ') }})
        values ({% for column in columns %}arrived.{{ column }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}
