{# The members of a set as an SQL list. #}
{% macro sql_list(value_set, quote_values=true) %}
    {%- if not value_set -%}
        {{ exceptions.raise_compiler_error("value_set is empty; name at least one value.") }}
    {%- endif -%}
    {%- set members = [] -%}
    {%- for value in value_set -%}
        {%- do members.append("'" ~ value ~ "'" if quote_values else value) -%}
    {%- endfor -%}
    {{ return(members) }}
{% endmacro %}


{# A missing value is not in the set. #}
{% test expect_column_values_to_be_in_set(
    model, column_name, value_set, quote_values=true, row_condition=none
) %}
    {{ dbt_expectations.expression_is_true(
        model,
        column_name ~ " in (" ~ dbt_expectations.sql_list(value_set, quote_values) | join(", ") ~ ")",
        test_condition="is true",
        row_condition=row_condition
    ) }}
{% endtest %}


{% test expect_column_values_to_not_be_in_set(
    model, column_name, value_set, quote_values=true, row_condition=none
) %}
    {{ dbt_expectations.expression_is_true(
        model,
        column_name ~ " in (" ~ dbt_expectations.sql_list(value_set, quote_values) | join(", ") ~ ")",
        test_condition="= false",
        row_condition=row_condition
    ) }}
{% endtest %}


{% test expect_column_values_to_be_between(
    model, column_name, min_value=none, max_value=none, row_condition=none, strictly=false
) %}
    {{ dbt_expectations.expression_between(
        model, column_name, min_value, max_value, none, row_condition, strictly
    ) }}
{% endtest %}


{% test expect_column_value_lengths_to_equal(model, column_name, value, row_condition=none) %}
    {{ dbt_expectations.expression_is_true(
        model, "length(" ~ column_name ~ ") = " ~ value, row_condition=row_condition
    ) }}
{% endtest %}


{% test expect_column_value_lengths_to_be_between(
    model, column_name, min_value=none, max_value=none, row_condition=none, strictly=false
) %}
    {{ dbt_expectations.expression_between(
        model, "length(" ~ column_name ~ ")", min_value, max_value, none, row_condition, strictly
    ) }}
{% endtest %}


{# Each value against the one before it; with step, the difference has to be exactly that. #}
{% macro values_in_order(
    model, column_name, rising, sort_column, strictly, row_condition, group_by, step
) %}
    {%- set change = "value - previous_value" if rising else "previous_value - value" -%}
    {%- set in_order = ("value " ~ (">" if rising else "<") ~ ("" if strictly else "=") ~ " previous_value") -%}
with ordered as (
    select
        {{ sort_column or column_name }} as sort_value,
        {{ column_name }} as value,
        lag({{ column_name }}) over (
            {% if group_by %}partition by {{ group_by | join(", ") }}{% endif %}
            order by {{ sort_column or column_name }}
        ) as previous_value
    from {{ model }}
    {% if row_condition %}where {{ row_condition }}{% endif %}
)

select *
from ordered
where
    previous_value is not null
    and not ({{ in_order }}{% if step %} and {{ change }} = {{ step }}{% endif %})
{% endmacro %}


{% test expect_column_values_to_be_increasing(
    model,
    column_name,
    sort_column=none,
    strictly=true,
    row_condition=none,
    group_by=none,
    step=none
) %}
    {{ dbt_expectations.values_in_order(
        model, column_name, true, sort_column, strictly, row_condition, group_by, step
    ) }}
{% endtest %}


{% test expect_column_values_to_be_decreasing(
    model,
    column_name,
    sort_column=none,
    strictly=true,
    row_condition=none,
    group_by=none,
    step=none
) %}
    {{ dbt_expectations.values_in_order(
        model, column_name, false, sort_column, strictly, row_condition, group_by, step
    ) }}
{% endtest %}
