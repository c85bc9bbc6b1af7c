{#- The history of what was measured of each table: a table that no model makes, because what was measured is never
    measured again. Written by `lakeledger profile` alone (docs/quality.md). -#}

{% macro create_quality() -%}
    {%- do create_kept_tables(
        'quality', {'table_metrics': table_metrics_columns()}, partitions={'table_metrics': 'measured_date'}
    ) -%}
{%- endmacro %}


{% macro table_metrics_columns() -%}
    measured_date date not null,
    measured_at timestamp not null,
    run_id string not null,
    table_name string not null,
    layer string not null,
    domain string not null,
    metric string not null,
    column_name string,
    detail string,
    value decimal(38,12),
    row_count bigint not null,
    table_version bigint not null,
    is_carried boolean not null
{%- endmacro %}


{#- The days found and so many after them: what is usual on a day is taken from the days before it. -#}
{% macro days_that_look_back(days, count) -%}
    select explode(sequence(day, date_add(day, {{ count }}))) from ({{ days }}) as found (day)
{%- endmacro %}


{#- Full marks up to the age that is allowed, none from that which is refused, in a straight line between; null where nobody
    declared any. -#}
{% macro freshness_share(age, allowed, refused) -%}
    case
            when {{ age }} <= {{ allowed }} then 1
            when {{ age }} >= coalesce({{ refused }}, {{ allowed }}) then 0
            else ({{ refused }} - {{ age }}) / ({{ refused }} - {{ allowed }})
        end
{%- endmacro %}
