{#- What an order costs: price by quantity, rounded half up to cents. -#}
{% macro order_amount(price, quantity) -%} cast(round({{ price }} * {{ quantity }}, 2) as decimal(24, 2)) {%- endmacro %}


{#- Versions of a dimension, each with the time in which it holds; the first one holds for all before it, too. -#}
{% macro version_windows(relation, id) -%}
    select
        *,
        lag(updated_at) over (partition by {{ id }} order by updated_at) is null as is_first_version,
        coalesce(lead(updated_at) over (partition by {{ id }} order by updated_at), timestamp'9999-01-01') as valid_to_at
    from {{ relation }}
{%- endmacro %}


{#- Join condition: the version that held when the order was placed. -#}
{% macro holds_at(version, at) -%}
    ({{ version }}.is_first_version or {{ version }}.updated_at <= {{ at }}) and {{ at }} < {{ version }}.valid_to_at
{%- endmacro %}


{#- Days of orders that were enriched without a version of a dimension, or with another one than would hold now. Over
    `changed`, versions that came. -#}
{% macro days_of_new_versions(id, version_column) -%}
    select distinct enriched.order_date
    from {{ this }} as enriched
    inner join changed on enriched.{{ id }} = changed.{{ id }}
    where
        enriched.{{ version_column }} is null
        or enriched.{{ version_column }} > enriched.order_at
        or changed.updated_at <= enriched.order_at
{%- endmacro %}


{#- Kilometres between two points on the globe; null where one is not known. Rounding can take the sine of opposite points
    beyond 1, hence nanvl. -#}
{% macro distance_km(latitude, longitude, other_latitude, other_longitude) -%}
    2 * 6371 * nanvl(asin(sqrt(
            power(sin(radians({{ other_latitude }} - {{ latitude }}) / 2), 2)
            + cos(radians({{ latitude }})) * cos(radians({{ other_latitude }}))
            * power(sin(radians({{ other_longitude }} - {{ longitude }}) / 2), 2)
        )), pi() / 2)
{%- endmacro %}


{#- What a figure about a time says of what it does not know: regions that have delivered nothing since then. Over the
    CTE `regions`, see region_watermarks. -#}
{% macro order_flags(ended_at) -%}
    exists(regions.watermarks, known -> known.heard_through_at < {{ ended_at }}) as is_partial,
        transform(
            filter(regions.watermarks, known -> known.heard_through_at < {{ ended_at }}), known -> known.region
        ) as regions_missing,
        cast(
            100 * try_divide(
                size(filter(regions.watermarks, known -> known.heard_through_at >= {{ ended_at }})),
                size(regions.watermarks)
            ) as decimal(5, 2)
        ) as completeness_pct,
        current_timestamp() as as_of
{%- endmacro %}


{#- One row: `watermarks`, an array of {region, heard_through_at}, and when any region was last heard. -#}
{% macro region_watermarks() -%}
    select
        array_sort(collect_list(struct(region, heard_through_at))) as watermarks,
        max(heard_through_at) as newest_at
    from {{ ref('int_orders__region_watermarks') }}
{%- endmacro %}


{#- The same of what one region delivers: it was heard when the newest row of a relation happened. Whole on purpose: what is
    newest may stand on any day. -#}
{% macro one_region_watermarks(relation, happened_at) -%}
    select array(struct('global' as region, max({{ happened_at }}) as heard_through_at)) as watermarks
    from {{ relation }}
{%- endmacro %}


{#- Days that were partial when they were last made: a region that speaks again completes them. -#}
{% macro days_still_partial(day='order_date') -%}
    select distinct {{ day }} from {{ this }} where is_partial and exists (select 1 from changed)
{%- endmacro %}


{#- A region that has been silent for longer than this behind the others is missing in a figure without a time. -#}
{% macro lately() -%} regions.newest_at - interval {{ var('orders_silence_minutes') }} minutes {%- endmacro %}


{#- A price far from what the menu says. -#}
{% macro is_outlier(price, list_price) -%}
    {%- set factor = var('orders_outlier_factor') -%}
    {{ price }} > {{ factor }} * {{ list_price }} or {{ price }} * {{ factor }} < {{ list_price }}
{%- endmacro %}


{#- Days of orders with a new review. Over `changed`, reviews. -#}
{% macro days_of_reviewed_orders(enriched_orders) -%}
    select distinct enriched.order_date
    from {{ enriched_orders }} as enriched
    inner join changed on enriched.order_id = changed.order_id
    where enriched.order_date >= (select date_sub(min(review_date), {{ var('orders_review_days') }}) from changed)
{%- endmacro %}


{#- Until when orders of a day are waited for: they may come late. -#}
{% macro awaited_until(day) -%}
    timestampadd(hour, 24 + {{ var('orders_lateness_hours') }}, cast({{ day }} as timestamp))
{%- endmacro %}
