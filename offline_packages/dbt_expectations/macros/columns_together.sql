{% test expect_column_pair_values_A_to_be_greater_than_B(
    model, column_A, column_B, or_equal=false, row_condition=none
) %}
    {{ dbt_expectations.expression_is_true(
        model,
        column_A ~ (" >= " if or_equal else " > ") ~ column_B,
        row_condition=row_condition
    ) }}
{% endtest %}


{% test expect_column_pair_values_to_be_equal(model, column_A, column_B, row_condition=none) %}
    {{ dbt_expectations.expression_is_true(
        model, column_A ~ " = " ~ column_B, row_condition=row_condition
    ) }}
{% endtest %}


{# The values stand in the SQL as they are written: strings bring their own quotes. #}
{% test expect_column_pair_values_to_be_in_set(
    model, column_A, column_B, value_pairs_set, row_condition=none
) %}
    {%- set pairs = [] -%}
    {%- for pair in value_pairs_set -%}
        {%- if pair | length != 2 -%}
            {{ exceptions.raise_compiler_error(
                "value_pairs_set holds " ~ pair ~ "; every member is a list of two values."
            ) }}
        {%- endif -%}
        {%- do pairs.append(
            "(" ~ column_A ~ " = " ~ pair[0] ~ " and " ~ column_B ~ " = " ~ pair[1] ~ ")"
        ) -%}
    {%- endfor -%}
    {{ dbt_expectations.expression_is_true(
        model, pairs | join(" or "), row_condition=row_condition
    ) }}
{% endtest %}


{% test expect_multicolumn_sum_to_equal(
    model, column_list, sum_total, group_by=none, row_condition=none
) %}
    {%- set total = sum_total if sum_total is number else "sum(" ~ sum_total ~ ")" -%}
    {{ dbt_expectations.expression_is_true(
        model,
        "sum(" ~ column_list | join(") + sum(") ~ ") = " ~ total,
        group_by_columns=group_by,
        row_condition=row_condition
    ) }}
{% endtest %}
