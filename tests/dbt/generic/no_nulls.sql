{#- None of the columns is ever null; one scan for all of them. For views, which cannot hold constraints. -#}
{% test no_nulls(model, columns) %}

with nulls as (

    select array_compact(array(
        {% for column in columns %}
            if({{ column }} is null, '{{ column }}', null){{ ',' if not loop.last }}
        {% endfor %}
    )) as null_columns
    from {{ model }}

)

select * from nulls
where size(null_columns) > 0

{% endtest %}
