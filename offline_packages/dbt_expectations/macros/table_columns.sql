{# The names of a table's columns, in order; read from the catalog, hence none while parsing. #}
{% macro column_names(model, transform="upper") %}
    {%- if not execute -%}
        {{ return([]) }}
    {%- endif -%}
    {{ return(adapter.get_columns_in_relation(model) | map(attribute="name") | map(transform) | list) }}
{% endmacro %}


{# A test's result when it is known while compiling: one row per finding, none when all is well. #}
{% macro findings(messages) %}
    {%- if not messages -%}
select 'nothing' as finding
where 1 = 0
    {%- endif -%}
    {%- for message in messages %}
select '{{ dbt.escape_single_quotes(message) }}' as finding
        {%- if not loop.last %}
union all
        {%- endif -%}
    {%- endfor %}
{% endmacro %}


{% test expect_column_to_exist(model, column_name, column_index=none, transform="upper") %}
    {%- set actual = dbt_expectations.column_names(model, transform) -%}
    {%- set expected = [column_name] | map(transform) | first -%}
    {%- set messages = [] -%}
    {%- if execute and expected not in actual -%}
        {%- do messages.append(expected ~ " is not there") -%}
    {%- elif execute and column_index and actual.index(expected) + 1 != column_index -%}
        {%- do messages.append(
            expected ~ " is column " ~ (actual.index(expected) + 1) ~ ", not " ~ column_index
        ) -%}
    {%- endif -%}
    {{ dbt_expectations.findings(messages) }}
{% endtest %}


{# Which of the columns are missing and, where others are not allowed, which are too many. #}
{% macro column_set_findings(model, column_list, transform, missing, surplus) %}
    {%- set actual = dbt_expectations.column_names(model, transform) -%}
    {%- set expected = column_list | map(transform) | list -%}
    {%- set messages = [] -%}
    {%- for column in expected if execute and missing and column not in actual -%}
        {%- do messages.append(column ~ " is missing") -%}
    {%- endfor -%}
    {%- for column in actual if surplus and column not in expected -%}
        {%- do messages.append(column ~ " is not in the list") -%}
    {%- endfor -%}
    {{ return(messages) }}
{% endmacro %}


{% test expect_table_columns_to_contain_set(model, column_list, transform="upper") %}
    {{ dbt_expectations.findings(
        dbt_expectations.column_set_findings(model, column_list, transform, true, false)
    ) }}
{% endtest %}


{% test expect_table_columns_to_match_set(model, column_list, transform="upper") %}
    {{ dbt_expectations.findings(
        dbt_expectations.column_set_findings(model, column_list, transform, true, true)
    ) }}
{% endtest %}


{% test expect_table_columns_to_not_contain_set(model, column_list, transform="upper") %}
    {%- set messages = [] -%}
    {%- for column in column_list | map(transform)
        if column in dbt_expectations.column_names(model, transform) -%}
        {%- do messages.append(column ~ " is there") -%}
    {%- endfor -%}
    {{ dbt_expectations.findings(messages) }}
{% endtest %}


{% test expect_table_columns_to_match_ordered_list(model, column_list, transform="upper") %}
    {%- set actual = dbt_expectations.column_names(model, transform) -%}
    {%- set expected = column_list | map(transform) | list -%}
    {%- set messages = [] -%}
    {%- if execute and actual != expected -%}
        {%- do messages.append(
            "found " ~ actual | join(", ") ~ "; expected " ~ expected | join(", ")
        ) -%}
    {%- endif -%}
    {{ dbt_expectations.findings(messages) }}
{% endtest %}


{% test expect_table_column_count_to_equal(model, value) %}
    {{ dbt_expectations.test_expect_table_column_count_to_be_between(model, value, value) }}
{% endtest %}


{% test expect_table_column_count_to_equal_other_table(model, compare_model) %}
    {%- set expected = dbt_expectations.column_names(compare_model) | length -%}
    {{ dbt_expectations.test_expect_table_column_count_to_be_between(model, expected, expected) }}
{% endtest %}


{% test expect_table_column_count_to_be_between(model, min_value=none, max_value=none) %}
    {%- set count = dbt_expectations.column_names(model) | length -%}
    {%- set messages = [] -%}
    {%- if execute and min_value and count < min_value -%}
        {%- do messages.append(count ~ " columns, expected at least " ~ min_value) -%}
    {%- elif execute and max_value and count > max_value -%}
        {%- do messages.append(count ~ " columns, expected at most " ~ max_value) -%}
    {%- endif -%}
    {{ dbt_expectations.findings(messages) }}
{% endtest %}


{% test expect_column_values_to_be_of_type(model, column_name, column_type) %}
    {{ dbt_expectations.test_expect_column_values_to_be_in_type_list(
        model, column_name, [column_type]
    ) }}
{% endtest %}


{% test expect_column_values_to_be_in_type_list(model, column_name, column_type_list) %}
    {%- set expected = column_type_list | map("upper") | list -%}
    {%- set found = [] -%}
    {%- if execute -%}
        {%- for column in adapter.get_columns_in_relation(model)
            if column.name | upper == column_name | upper -%}
            {%- do found.append(column.dtype | upper) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- set actual = found | first | default("not there") -%}
    {%- set messages = [] -%}
    {%- if execute and actual not in expected -%}
        {%- do messages.append(
            column_name ~ " is " ~ actual ~ ", expected " ~ expected | join(" or ")
        ) -%}
    {%- endif -%}
    {{ dbt_expectations.findings(messages) }}
{% endtest %}
