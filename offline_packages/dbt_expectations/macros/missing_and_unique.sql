{% test expect_column_values_to_be_null(model, column_name, row_condition=none) %}
    {{ dbt_expectations.expression_is_true(
        model, column_name, test_condition="is null", row_condition=row_condition
    ) }}
{% endtest %}


{% test expect_column_values_to_not_be_null(model, column_name, row_condition=none) %}
    {{ dbt_expectations.expression_is_true(
        model, column_name, test_condition="is not null", row_condition=row_condition
    ) }}
{% endtest %}


{% test expect_column_values_to_be_unique(model, column_name, row_condition=none) %}
    {{ dbt_expectations.test_expect_compound_columns_to_be_unique(
        model, [column_name], row_condition=row_condition
    ) }}
{% endtest %}


{# The condition under which a row is left out of a uniqueness test. #}
{% macro ignore_row_if_expression(ignore_row_if, columns) %}
    {%- set joins = {"all_values_are_missing": " and ", "any_value_is_missing": " or "} -%}
    {%- if ignore_row_if not in joins -%}
        {{ exceptions.raise_compiler_error(
            "ignore_row_if is '" ~ ignore_row_if ~ "'; it can be " ~ joins | join(" or ") ~ "."
        ) }}
    {%- endif -%}
    {%- set missing = [] -%}
    {%- for column in columns -%}
        {%- do missing.append(column ~ " is null") -%}
    {%- endfor -%}
    ({{ missing | join(joins[ignore_row_if]) }})
{% endmacro %}


{% macro columns_as_written(column_list, quote_columns) %}
    {%- set columns = [] -%}
    {%- for column in column_list -%}
        {%- do columns.append(adapter.quote(column) if quote_columns else column) -%}
    {%- endfor -%}
    {{ return(columns) }}
{% endmacro %}


{% test expect_compound_columns_to_be_unique(
    model,
    column_list,
    quote_columns=false,
    ignore_row_if="all_values_are_missing",
    row_condition=none
) %}
    {%- set columns = dbt_expectations.columns_as_written(column_list, quote_columns) -%}
select
    {{ columns | join(", ") }},
    count(*) as row_count
from {{ model }}
where
    not {{ dbt_expectations.ignore_row_if_expression(ignore_row_if, columns) }}
    {% if row_condition %}and ({{ row_condition }}){% endif %}
group by {{ columns | join(", ") }}
having count(*) > 1
{% endtest %}


{# No two columns of one record hold the same value; two missing values are the same. #}
{% test expect_select_column_values_to_be_unique_within_record(
    model,
    column_list,
    quote_columns=false,
    ignore_row_if="all_values_are_missing",
    row_condition=none
) %}
    {%- set columns = dbt_expectations.columns_as_written(column_list, quote_columns) -%}
    {%- set equal_pairs = [] -%}
    {%- for left in columns -%}
        {%- for right in columns[loop.index:] -%}
            {%- do equal_pairs.append(
                "cast(" ~ left ~ " as " ~ dbt.type_string() ~ ") is not distinct from cast("
                ~ right ~ " as " ~ dbt.type_string() ~ ")"
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
select {{ columns | join(", ") }}
from {{ model }}
where
    not {{ dbt_expectations.ignore_row_if_expression(ignore_row_if, columns) }}
    and ({{ equal_pairs | join(" or ") }})
    {% if row_condition %}and ({{ row_condition }}){% endif %}
{% endtest %}
