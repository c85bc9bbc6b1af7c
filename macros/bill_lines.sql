{#- What finds the line of the bill that a record or a split belongs to: the line and its prices. -#}
{% macro bill_line_key() -%}
    {{ return(line_of_bill() + ['list_price', 'billed_price']) }}
{%- endmacro %}


{#- The columns that make a row of the hourly fact one line of the bill: currency and status follow from the price. -#}
{% macro bill_line_columns() -%}
    {{ return(bill_line_key() + ['currency_code', 'price_status']) }}
{%- endmacro %}


{#- Predicate: rows of two relations belong to the same line of the bill. -#}
{% macro same_bill_line(one, other) -%}
    {%- for column in bill_line_key() %}
    {{ 'and ' if not loop.first }}{{ one }}.{{ column }} <=> {{ other }}.{{ column }}
    {%- endfor %}
{%- endmacro %}


{#- A text as an SQL literal. -#}
{% macro quoted(text) -%} '{{ text | replace("\\", "\\\\") | replace("'", "\\'") }}' {%- endmacro %}


{#- The value of a tag of the usage; null where the tag is not set. -#}
{% macro tag_value(key) -%} try_element_at(custom_tags, {{ quoted(key) }}) {%- endmacro %}


{#- One bearer of a record: its kind, who it is (null: the record names none), and the job where that is part of it. -#}
{% macro borne_by(kind, bearer, job_id) -%}
    struct(
        {{ quoted(kind) }} as allocation_kind,
        nullif(trim({{ bearer }}), '') as bearer,
        cast({{ job_id }} as string) as job_id
    )
{%- endmacro %}


{#- The name that takes what no bearer of the kind bears. -#}
{% macro nobody(kind) -%}
    if({{ kind }} = 'team' or {{ kind }} like 'tag:%', 'untagged', 'unallocated')
{%- endmacro %}


{#- The tags among the bearers of a charge as one JSON object in the order of their keys; null where there is none. -#}
{% macro tags_as_json(kind, bearer) -%}
    nullif(
        to_json(map_from_entries(array_sort(
            collect_list(if({{ kind }} like 'tag:%', struct(substr({{ kind }}, 5) as key, {{ bearer }} as value), null))
        ))), '{}'
    )
{%- endmacro %}
