{# Rows, or groups, for which an SQL expression does not hold. NULL is neither true nor false: it passes. #}
{% macro expression_is_true(
    model, expression, test_condition="= true", group_by_columns=none, row_condition=none
) %}
with evaluated as (
    select
        {% for column in group_by_columns or [] -%}
        {{ column }},
        {% endfor -%}
        ({{ expression }}) {{ test_condition }} as holds
    from {{ model }}
    {% if row_condition -%}
    where {{ row_condition }}
    {% endif -%}
    {% if group_by_columns -%}
    group by {{ group_by_columns | join(", ") }}
    {%- endif %}
)

select *
from evaluated
where not holds
{% endmacro %}


{% macro expression_between(
    model,
    expression,
    min_value=none,
    max_value=none,
    group_by_columns=none,
    row_condition=none,
    strictly=false
) %}
    {%- if min_value is none and max_value is none -%}
        {{ exceptions.raise_compiler_error("A between test needs min_value, max_value or both.") }}
    {%- endif -%}
    {%- set or_equal = "" if strictly else "=" -%}
    {%- set bounds = [] -%}
    {%- if min_value is not none -%}
        {%- do bounds.append("(" ~ expression ~ ") >" ~ or_equal ~ " " ~ min_value) -%}
    {%- endif -%}
    {%- if max_value is not none -%}
        {%- do bounds.append("(" ~ expression ~ ") <" ~ or_equal ~ " " ~ max_value) -%}
    {%- endif -%}
    {{ dbt_expectations.expression_is_true(
        model,
        expression=bounds | join(" and "),
        group_by_columns=group_by_columns,
        row_condition=row_condition
    ) }}
{% endmacro %}


{% test expression_is_true(
    model, expression, test_condition="= true", group_by_columns=none, row_condition=none
) %}
    {{ dbt_expectations.expression_is_true(
        model, expression, test_condition, group_by_columns, row_condition
    ) }}
{% endtest %}


{% test expression_between(
    model,
    expression,
    min_value=none,
    max_value=none,
    group_by_columns=none,
    row_condition=none,
    strictly=false
) %}
    {{ dbt_expectations.expression_between(
        model, expression, min_value, max_value, group_by_columns, row_condition, strictly
    ) }}
{% endtest %}


{# One side of equal_expression: the expression per group, the group's columns numbered. #}
{% macro measured_per_group(model, expression, group_by, row_condition) %}
    select
        {% for column in group_by -%}
        {{ column }} as group_{{ loop.index }},
        {% endfor -%}
        {{ expression }} as measured
    from {{ model }}
    {% if row_condition -%}
    where {{ row_condition }}
    {% endif -%}
    {% if group_by -%}
    group by {{ group_by | join(", ") }}
    {%- endif %}
{% endmacro %}


{% test equal_expression(
    model,
    expression,
    compare_model=none,
    compare_expression=none,
    group_by=none,
    compare_group_by=none,
    row_condition=none,
    compare_row_condition=none,
    tolerance=0.0,
    tolerance_percent=none
) %}
    {%- set groups = group_by or [] -%}
    {%- set difference = "abs(coalesce(this_side.measured, 0) - coalesce(other_side.measured, 0))" -%}
with this_side as (
    {{ dbt_expectations.measured_per_group(model, expression, groups, row_condition) }}
),

other_side as (
    {{ dbt_expectations.measured_per_group(
        compare_model or model,
        compare_expression or expression,
        compare_group_by or groups,
        compare_row_condition or row_condition
    ) }}
)

select
    {% for _ in groups -%}
    {%- set column = "group_" ~ loop.index -%}
    coalesce(this_side.{{ column }}, other_side.{{ column }}) as {{ column }},
    {% endfor -%}
    this_side.measured,
    other_side.measured as compared
from this_side
full outer join other_side on
    {% for _ in groups -%}
    this_side.group_{{ loop.index }} = other_side.group_{{ loop.index }} and
    {% endfor -%}
    true
{% if tolerance_percent is not none -%}
where {{ difference }} / nullif(this_side.measured, 0) > {{ tolerance_percent }}
{%- else -%}
where {{ difference }} > {{ tolerance }}
{%- endif %}
{% endtest %}
