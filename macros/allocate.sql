{#- Splitting an amount so that the parts add up to it to the last decimal: the largest-remainder method.

    Every part first gets its exact share, floored to a whole number of units (1e-18 of money, 1e-24 of a
    quantity). The units left over go one by one to the parts that lost most by the flooring, ties broken by
    columns. Floors are taken toward minus infinity, so that parts below zero (retractions) obey the same rule.
    docs/decisions/0016-allocation-by-largest-remainder.md has the domain of the arithmetic. -#}

{#- Query: the rows of `parts`, each with its part of `whole` under the name `amount`.
    share, remainder  columns: the floored share, and what the flooring took from it
    within            columns whose rows share one whole
    tie_break         columns that order parts which lost the same
    scale             decimals of a unit -#}
{% macro largest_remainder(parts, whole, share, remainder, amount, within, tie_break, scale) -%}
    {%- set group = within | join(', ') -%}
    {%- set shared_out = 'sum(' ~ share ~ ') over (partition by ' ~ group ~ ')' -%}
    select
        * except (units_left, part_count, place),
        cast(
            cast({{ share }} as decimal(36, {{ scale }})) + {{ one_unit(scale) }} * case
                when abs(units_left) > part_count + 1
                    then raise_error('{{ amount }}: the parts are of another version of the data than their whole')
                else cast(floor(units_left / part_count) as int) + int(place <= pmod(units_left, part_count))
            end
            as decimal(38, {{ scale }})
        ) as {{ amount }}
    from (
        select
            *,
            cast(
                (cast({{ whole }} as decimal(36, {{ scale }})) - cast({{ shared_out }} as decimal(36, {{ scale }})))
                * 1{{ '0' * scale }} as decimal(38, 0)
            ) as units_left,
            count(*) over (partition by {{ group }}) as part_count,
            row_number() over (
                partition by {{ group }} order by {{ remainder }} desc, {{ tie_break | join(', ') }}
            ) as place
        from {{ parts }}
    )
{%- endmacro %}


{#- Columns <amount>_share and <amount>_remainder: what falls to `part` of `whole` milliseconds; all of it where
    there is no part. -#}
{% macro share_by_time(amount, part, whole, scale) -%}
    {%- set name = amount.split('.') | last -%}
    {%- set product -%}
        cast(
            try_cast({{ amount }} as decimal(30, {{ scale }})) * cast({{ part }} as decimal(7, 0))
            as decimal(37, {{ scale }})
        )
    {%- endset -%}
    {%- set lost = 'pmod(' ~ product ~ ', cast(' ~ whole ~ ' as decimal(10, 0)) * ' ~ one_unit(scale) ~ ')' -%}
    coalesce(
        ({{ product }} - {{ lost }}) / cast({{ whole }} as decimal(10, 0)), {{ amount }}
    ) as {{ name }}_share,
    coalesce({{ lost }}, 0) as {{ name }}_remainder
{%- endmacro %}


{#- Predicate: the amount is small enough to be split by time. -#}
{% macro can_be_split(amount, scale) -%}
    coalesce(abs({{ amount }}) < 1{{ '0' * (30 - scale) }}, true)
{%- endmacro %}


{#- The smallest amount with so many decimals, as a literal. -#}
{% macro one_unit(scale) -%} 0.{{ '0' * (scale - 1) }}1 {%- endmacro %}
