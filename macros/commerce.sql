{#- A zip code's first five digits, with the leading zero that a spreadsheet takes away. -#}
{% macro zip_prefix(value) -%} lpad({{ value }}, greatest(5, length({{ value }})), '0') {%- endmacro %}


{#- Days of orders whose customer came or changed. Over `changed`, customers. -#}
{% macro days_of_changed_customers(orders) -%}
    select distinct placed.order_date
    from {{ orders }} as placed
    inner join changed on placed.customer_id = changed.customer_id
{%- endmacro %}


{#- What a figure of the shop says of what it does not know: nobody announces how much a day will bring. -#}
{% macro commerce_flags() -%}
    true as is_partial,
        cast(null as array<string>) as regions_missing,
        cast(null as decimal(5, 2)) as completeness_pct
{%- endmacro %}
