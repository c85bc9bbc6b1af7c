{% test expect_column_distinct_count_to_equal(
    model, column_name, value, group_by=none, row_condition=none
) %}
    {{ dbt_expectations.expression_is_true(
        model,
        "count(distinct " ~ column_name ~ ") = " ~ value,
        group_by_columns=group_by,
        row_condition=row_condition
    ) }}
{% endtest %}


{% test expect_column_distinct_count_to_be_greater_than(
    model, column_name, value, group_by=none, row_condition=none
) %}
    {{ dbt_expectations.expression_is_true(
        model,
        "count(distinct " ~ column_name ~ ") > " ~ value,
        group_by_columns=group_by,
        row_condition=row_condition
    ) }}
{% endtest %}


{% test expect_column_distinct_count_to_be_less_than(
    model, column_name, value, group_by=none, row_condition=none
) %}
    {{ dbt_expectations.expression_is_true(
        model,
        "count(distinct " ~ column_name ~ ") < " ~ value,
        group_by_columns=group_by,
        row_condition=row_condition
    ) }}
{% endtest %}


{% test expect_column_distinct_count_to_equal_other_table(
    model,
    compare_model,
    column_name,
    compare_column_name,
    row_condition=none,
    compare_row_condition=none
) %}
    {{ dbt_expectations.test_equal_expression(
        model,
        "count(distinct " ~ column_name ~ ")",
        compare_model=compare_model,
        compare_expression="count(distinct " ~ compare_column_name ~ ")",
        row_condition=row_condition,
        compare_row_condition=compare_row_condition
    ) }}
{% endtest %}


{# Distinct values against a set: those outside it, and the members that never occur. #}
{% macro distinct_value_findings(
    model, column_name, value_set, quote_values, row_condition, outside, unused
) %}
    {%- set members = dbt_expectations.sql_list(value_set, quote_values) -%}
with distinct_values as (
    select distinct {{ column_name }} as value
    from {{ model }}
    {% if row_condition %}where {{ row_condition }}{% endif %}
),

members as (
    {% for member in members -%}
    select {{ member }} as member
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select
    distinct_values.value,
    members.member
from distinct_values
full outer join members on distinct_values.value = members.member
where
    {% if outside and unused -%}
    members.member is null or distinct_values.value is null
    {%- elif outside -%}
    members.member is null
    {%- else -%}
    members.member is not null and distinct_values.value is null
    {%- endif %}
{% endmacro %}


{% test expect_column_distinct_values_to_be_in_set(
    model, column_name, value_set, quote_values=true, row_condition=none
) %}
    {{ dbt_expectations.distinct_value_findings(
        model, column_name, value_set, quote_values, row_condition, outside=true, unused=false
    ) }}
{% endtest %}


{% test expect_column_distinct_values_to_contain_set(
    model, column_name, value_set, quote_values=true, row_condition=none
) %}
    {{ dbt_expectations.distinct_value_findings(
        model, column_name, value_set, quote_values, row_condition, outside=false, unused=true
    ) }}
{% endtest %}


{% test expect_column_distinct_values_to_equal_set(
    model, column_name, value_set, quote_values=true, row_condition=none
) %}
    {{ dbt_expectations.distinct_value_findings(
        model, column_name, value_set, quote_values, row_condition, outside=true, unused=true
    ) }}
{% endtest %}
