{# Two macros that dbt_expectations dispatches, in the form that Spark and Databricks need. dbt finds
   them here before the package's own. #}

{# Where the pattern first matches, 0 where it does not; a pattern that matches the empty text matches.
   The pattern means what it says: its backslashes are kept, in Spark's string literals as well.
   Java's inline flags (i, m, s, x) stand for `flags`; `is_raw` changes nothing. #}
{% macro databricks__regexp_instr(source_value, regexp, position, occurrence, is_raw, flags) -%}
    {%- if position != 1 or occurrence != 1 -%}
        {{ exceptions.raise_compiler_error(
            "regexp_instr finds the first match from the start here; position and occurrence are 1."
        ) }}
    {%- endif -%}
    {%- for flag in flags | list if flag not in "imsx" -%}
        {{ exceptions.raise_compiler_error(
            "The flag '" ~ flag ~ "' of a regular expression is unknown here; use i, m, s or x."
        ) }}
    {%- endfor -%}
    {%- set pattern = ("(?" ~ flags ~ ")" if flags else "") ~ regexp -%}
    regexp_instr({{ source_value }}, '{{ pattern | replace("\\", "\\\\") | replace("'", "\\'") }}')
{%- endmacro %}


{# An exact quantile as an aggregate, so that it goes with a group by; a window only when asked. #}
{% macro databricks__quantile(field, quantile, partition) -%}
    percentile({{ field }}, {{ quantile }})
    {%- if partition %} over (partition by {{ partition }}){% endif %}
{%- endmacro %}
