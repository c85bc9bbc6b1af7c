{% test expect_table_row_count_to_be_between(
    model, min_value=none, max_value=none, group_by=none, row_condition=none, strictly=false
) %}
    {{ dbt_expectations.expression_between(
        model, "count(*)", min_value, max_value, group_by, row_condition, strictly
    ) }}
{% endtest %}


{% test expect_table_row_count_to_equal(model, value, group_by=none, row_condition=none) %}
    {{ dbt_expectations.expression_is_true(
        model,
        "count(*) = " ~ value,
        group_by_columns=group_by,
        row_condition=row_condition
    ) }}
{% endtest %}


{% test expect_table_row_count_to_equal_other_table(
    model,
    compare_model,
    group_by=none,
    compare_group_by=none,
    factor=1,
    row_condition=none,
    compare_row_condition=none
) %}
    {{ dbt_expectations.test_equal_expression(
        model,
        "count(*)",
        compare_model=compare_model,
        compare_expression="count(*) * " ~ factor,
        group_by=group_by,
        compare_group_by=compare_group_by,
        row_condition=row_condition,
        compare_row_condition=compare_row_condition
    ) }}
{% endtest %}


{% test expect_table_row_count_to_equal_other_table_times_factor(
    model,
    compare_model,
    factor,
    group_by=none,
    compare_group_by=none,
    row_condition=none,
    compare_row_condition=none
) %}
    {{ dbt_expectations.test_expect_table_row_count_to_equal_other_table(
        model,
        compare_model,
        group_by,
        compare_group_by,
        factor,
        row_condition,
        compare_row_condition
    ) }}
{% endtest %}


{% test expect_table_aggregation_to_equal_other_table(
    model,
    expression,
    compare_model,
    compare_expression=none,
    group_by=none,
    compare_group_by=none,
    row_condition=none,
    compare_row_condition=none,
    tolerance=0.0,
    tolerance_percent=none
) %}
    {{ dbt_expectations.test_equal_expression(
        model,
        expression,
        compare_model,
        compare_expression,
        group_by,
        compare_group_by,
        row_condition,
        compare_row_condition,
        tolerance,
        tolerance_percent
    ) }}
{% endtest %}


{# The newest time that is not in the future, per group. A table without one counts as of 1970. #}
{% macro stale_groups(model, timestamp_column, group_by, datepart, interval, row_condition) %}
    {%- set timestamp = "cast(" ~ timestamp_column ~ " as " ~ dbt.type_timestamp() ~ ")" -%}
with newest as (
    select
        {% for column in group_by -%}
        {{ column }},
        {% endfor -%}
        coalesce(max({{ timestamp }}), cast('1970-01-01' as {{ dbt.type_timestamp() }})) as newest_at
    from {{ model }}
    where
        {{ timestamp }} <= {{ dbt.current_timestamp() }}
        {% if row_condition %}and ({{ row_condition }}){% endif %}
    {% if group_by %}group by {{ group_by | join(", ") }}{% endif %}
)

select *
from newest
where newest_at < {{ dbt.dateadd(datepart, interval * -1, dbt.current_timestamp()) }}
{% endmacro %}


{% test expect_row_values_to_have_recent_data(
    model, column_name, datepart, interval, row_condition=none
) %}
    {{ dbt_expectations.stale_groups(model, column_name, [], datepart, interval, row_condition) }}
{% endtest %}


{% test expect_grouped_row_values_to_have_recent_data(
    model, group_by, timestamp_column, datepart, interval, row_condition=none
) %}
    {{ dbt_expectations.stale_groups(
        model, timestamp_column, group_by, datepart, interval, row_condition
    ) }}
{% endtest %}
