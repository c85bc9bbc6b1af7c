{% test expect_column_mean_to_be_between(
    model,
    column_name,
    min_value=none,
    max_value=none,
    group_by=none,
    row_condition=none,
    strictly=false
) %}
    {{ dbt_expectations.expression_between(
        model, "avg(" ~ column_name ~ ")", min_value, max_value, group_by, row_condition, strictly
    ) }}
{% endtest %}


{% test expect_column_min_to_be_between(
    model,
    column_name,
    min_value=none,
    max_value=none,
    group_by=none,
    row_condition=none,
    strictly=false
) %}
    {{ dbt_expectations.expression_between(
        model, "min(" ~ column_name ~ ")", min_value, max_value, group_by, row_condition, strictly
    ) }}
{% endtest %}


{% test expect_column_max_to_be_between(
    model,
    column_name,
    min_value=none,
    max_value=none,
    group_by=none,
    row_condition=none,
    strictly=false
) %}
    {{ dbt_expectations.expression_between(
        model, "max(" ~ column_name ~ ")", min_value, max_value, group_by, row_condition, strictly
    ) }}
{% endtest %}


{% test expect_column_sum_to_be_between(
    model,
    column_name,
    min_value=none,
    max_value=none,
    group_by=none,
    row_condition=none,
    strictly=false
) %}
    {{ dbt_expectations.expression_between(
        model, "sum(" ~ column_name ~ ")", min_value, max_value, group_by, row_condition, strictly
    ) }}
{% endtest %}


{% test expect_column_stdev_to_be_between(
    model,
    column_name,
    min_value=none,
    max_value=none,
    group_by=none,
    row_condition=none,
    strictly=false
) %}
    {{ dbt_expectations.expression_between(
        model, "stddev(" ~ column_name ~ ")", min_value, max_value, group_by, row_condition, strictly
    ) }}
{% endtest %}


{% test expect_column_median_to_be_between(
    model,
    column_name,
    min_value=none,
    max_value=none,
    group_by=none,
    row_condition=none,
    strictly=false
) %}
    {{ dbt_expectations.expression_between(
        model, dbt_expectations.median(column_name), min_value, max_value, group_by, row_condition, strictly
    ) }}
{% endtest %}


{% test expect_column_quantile_values_to_be_between(
    model,
    column_name,
    quantile,
    min_value=none,
    max_value=none,
    group_by=none,
    row_condition=none,
    strictly=false
) %}
    {{ dbt_expectations.expression_between(
        model,
        dbt_expectations.percentile_cont(column_name, quantile),
        min_value,
        max_value,
        group_by,
        row_condition,
        strictly
    ) }}
{% endtest %}


{% test expect_column_unique_value_count_to_be_between(
    model,
    column_name,
    min_value=none,
    max_value=none,
    group_by=none,
    row_condition=none,
    strictly=false
) %}
    {{ dbt_expectations.expression_between(
        model, "count(distinct " ~ column_name ~ ")", min_value, max_value, group_by, row_condition, strictly
    ) }}
{% endtest %}


{# Of the values that are there, how many are distinct; 1 where there are none. #}
{% test expect_column_proportion_of_unique_values_to_be_between(
    model,
    column_name,
    min_value=none,
    max_value=none,
    group_by=none,
    row_condition=none,
    strictly=false
) %}
    {%- set proportion = (
        "coalesce(count(distinct " ~ column_name ~ ") * 1.0 / nullif(count(" ~ column_name ~ "), 0), 1)"
    ) -%}
    {{ dbt_expectations.expression_between(
        model, proportion, min_value, max_value, group_by, row_condition, strictly
    ) }}
{% endtest %}
