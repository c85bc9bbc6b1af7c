{#- The days that new, corrected or late rows of a model's inputs have touched. Gold recomputes those days whole,
    so a day's figures never depend on the order in which its rows came.

    inputs  list of {relation, days}: days is a query over `changed`, the relation's changed rows, that gives the
            days they touch.
    Returns {whole, days, notes}; falls_in() makes a predicate of it. -#}
{% macro changed_days(inputs) -%}
    {%- set found = namespace(whole=not is_incremental()) -%}
    {%- set notes, queries, cursors = [], [], stored_cursors() -%}
    {%- for input in inputs -%}
        {%- set window, again = read_window(input.relation, cursors), replayed_where(input.relation) -%}
        {%- do notes.append(note_read(input.relation, window, again is not none)) -%}
        {%- if window.since is none -%}
            {%- set found.whole = true -%}
        {%- elif window.since != window.to or again is not none -%}
            {%- set changed = changed_or_replayed(input.relation, window, again) -%}
            {%- do queries.append('(with changed as (' ~ changed ~ ') ' ~ input.days ~ ')') -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return({
        'whole': found.whole,
        'days': [] if found.whole else touched_days(queries),
        'notes': notes,
    }) }}
{%- endmacro %}


{#- Predicate: the column's day is one of the changed ones. -#}
{% macro falls_in(column, changed) -%}
    {%- if changed.whole -%} true
    {%- elif changed.days -%} {{ column }} in ({{ literals(changed.days) }})
    {%- else -%} false
    {%- endif %}
    {% if not changed.whole -%} /* days {{ tojson(changed.days) }} */ {%- endif %}
    {{ changed.notes | join('\n    ') }}
{%- endmacro %}


{% macro touched_days(queries) -%}
    {%- if not queries -%}{{ return([]) }}{%- endif -%}
    {%- set rows = run_query(queries | join(' union ')) -%}
    {{ return(rows.columns[0].values() | reject('none') | map('string') | sort) }}
{%- endmacro %}


{#- Predicate: the column's day can tell on one of the changed days, being at most so many days older than the first. -#}
{% macro falls_from(column, changed, days) -%}
    {%- if changed.whole -%} true
    {%- elif changed.days -%} {{ column }} >= date_sub(date'{{ changed.days | first }}', {{ days }})
    {%- else -%} false
    {%- endif -%}
{%- endmacro %}


{#- Predicate: what began on a day and ended at a time lies between the first changed day and the last. -#}
{% macro reaches_into(first_day, ended_at, changed) -%}
    {%- if changed.whole -%} true
    {%- elif changed.days -%}
        {{ first_day }} <= date'{{ changed.days | last }}'
        and {{ ended_at }} >= timestamp'{{ changed.days | first }}'
    {%- else -%} false
    {%- endif -%}
{%- endmacro %}
