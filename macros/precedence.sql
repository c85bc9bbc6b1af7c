{#- What decides between two deliveries of one record that do not say the same: its clocks first, then its content, so
    that arrival never does. A struct that can be compared; the greater one holds.

    relation_alias  `arrived` or `kept` in a merge, the CTE's name elsewhere
    clocks          expressions in order of weight, with `row.` before each column
    content         columns that may differ without a clock that tells -#}
{% macro precedence(relation_alias, clocks, content) -%}
    struct(
        {%- for clock in clocks %}{{ clock | replace('row.', relation_alias ~ '.') }}, {% endfor -%}
        to_json(struct({{ relation_alias }}.{{ content | join(', ' ~ relation_alias ~ '.') }}))
    )
{%- endmacro %}


{#- Condition of a merge under which the arrived row takes the kept one's place. -#}
{% macro precedes(clocks, content) -%}
    {{ precedence('arrived', clocks, content) }} > {{ precedence('kept', clocks, content) }}
{%- endmacro %}
