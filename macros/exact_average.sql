{#- A mean that no order of the rows changes. A sum of doubles differs in its last digits with the order, and rounding
    can turn those into a figure: 6.02 in one run, 6.03 in the next. -#}
{% macro exact_average(value) -%} avg(cast({{ value }} as decimal(18, 6))) {%- endmacro %}
