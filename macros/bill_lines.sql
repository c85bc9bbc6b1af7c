{#- The columns that make a row of the hourly fact one line of the bill. -#}
{% macro bill_line_columns() -%}
    {{ return([
        'usage_date', 'usage_hour_at', 'account_id', 'workspace_id', 'cloud', 'region', 'sku_name', 'usage_unit',
        'billing_origin_product', 'currency_code', 'list_price', 'billed_price', 'price_status',
    ]) }}
{%- endmacro %}


{#- The value of a tag of the usage; null where the tag is not set. -#}
{% macro tag_value(key) -%} try_element_at(custom_tags, {{ literals([key]) | trim }}) {%- endmacro %}


{#- The name that takes what no bearer of the kind bears. -#}
{% macro nobody(kind) -%}
    if({{ kind }} = 'team' or {{ kind }} like 'tag:%', 'untagged', 'unallocated')
{%- endmacro %}
