{# The conditions joined as match_on asks: any of them, or all of them. #}
{% macro joined_conditions(conditions, match_on) %}
    {%- if match_on not in ["any", "all"] -%}
        {{ exceptions.raise_compiler_error("match_on is '" ~ match_on ~ "'; it can be any or all.") }}
    {%- endif -%}
    {{ return("(" ~ conditions | join(") or (" if match_on == "any" else ") and (") ~ ")") }}
{% endmacro %}


{% macro regex_conditions(column_name, regex_list, comparison, is_raw, flags) %}
    {%- set conditions = [] -%}
    {%- for regex in regex_list -%}
        {%- set found_at = dbt_expectations.regexp_instr(
            column_name, regex, is_raw=is_raw, flags=flags
        ) -%}
        {%- do conditions.append(found_at | trim ~ comparison) -%}
    {%- endfor -%}
    {{ return(conditions) }}
{% endmacro %}


{% macro like_conditions(column_name, like_pattern_list, operator) %}
    {%- set conditions = [] -%}
    {%- for pattern in like_pattern_list -%}
        {%- do conditions.append(column_name ~ operator ~ "'" ~ pattern ~ "'") -%}
    {%- endfor -%}
    {{ return(conditions) }}
{% endmacro %}


{% test expect_column_values_to_match_regex(
    model, column_name, regex, row_condition=none, is_raw=false, flags=""
) %}
    {{ dbt_expectations.test_expect_column_values_to_match_regex_list(
        model, column_name, [regex], "any", row_condition, is_raw, flags
    ) }}
{% endtest %}


{% test expect_column_values_to_not_match_regex(
    model, column_name, regex, row_condition=none, is_raw=false, flags=""
) %}
    {{ dbt_expectations.test_expect_column_values_to_not_match_regex_list(
        model, column_name, [regex], "any", row_condition, is_raw, flags
    ) }}
{% endtest %}


{% test expect_column_values_to_match_regex_list(
    model, column_name, regex_list, match_on="any", row_condition=none, is_raw=false, flags=""
) %}
    {%- set matches = dbt_expectations.regex_conditions(
        column_name, regex_list, " > 0", is_raw, flags
    ) -%}
    {{ dbt_expectations.expression_is_true(
        model, dbt_expectations.joined_conditions(matches, match_on), row_condition=row_condition
    ) }}
{% endtest %}


{% test expect_column_values_to_not_match_regex_list(
    model, column_name, regex_list, match_on="any", row_condition=none, is_raw=false, flags=""
) %}
    {%- set misses = dbt_expectations.regex_conditions(
        column_name, regex_list, " = 0", is_raw, flags
    ) -%}
    {{ dbt_expectations.expression_is_true(
        model, dbt_expectations.joined_conditions(misses, match_on), row_condition=row_condition
    ) }}
{% endtest %}


{% test expect_column_values_to_match_like_pattern(
    model, column_name, like_pattern, row_condition=none
) %}
    {{ dbt_expectations.test_expect_column_values_to_match_like_pattern_list(
        model, column_name, [like_pattern], "any", row_condition
    ) }}
{% endtest %}


{% test expect_column_values_to_not_match_like_pattern(
    model, column_name, like_pattern, row_condition=none
) %}
    {{ dbt_expectations.test_expect_column_values_to_not_match_like_pattern_list(
        model, column_name, [like_pattern], "any", row_condition
    ) }}
{% endtest %}


{% test expect_column_values_to_match_like_pattern_list(
    model, column_name, like_pattern_list, match_on="any", row_condition=none
) %}
    {%- set matches = dbt_expectations.like_conditions(column_name, like_pattern_list, " like ") -%}
    {{ dbt_expectations.expression_is_true(
        model, dbt_expectations.joined_conditions(matches, match_on), row_condition=row_condition
    ) }}
{% endtest %}


{% test expect_column_values_to_not_match_like_pattern_list(
    model, column_name, like_pattern_list, match_on="any", row_condition=none
) %}
    {%- set misses = dbt_expectations.like_conditions(column_name, like_pattern_list, " not like ") -%}
    {{ dbt_expectations.expression_is_true(
        model, dbt_expectations.joined_conditions(misses, match_on), row_condition=row_condition
    ) }}
{% endtest %}
