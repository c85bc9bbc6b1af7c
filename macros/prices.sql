{#- Usage records with the price of each: list, negotiated and the one that is billed. Priced by the end of usage, a
    window's start inclusive and its end exclusive. A book holds the prices of a SKU in the order in which the first
    that fits counts, so that no record is ever multiplied.

    usage   name of the CTE with usage records
    books   name of the CTE with int_platform__price_books -#}
{% macro priced(usage, books) -%}
    select
        * except (list_entry, negotiated_entry),
        list_entry.price as list_price,
        list_entry.record_key as list_price_key,
        negotiated_entry.price as negotiated_price,
        negotiated_entry.record_key as negotiated_price_key,
        coalesce(negotiated_entry.price, list_entry.price) as billed_price,
        if(coalesce(negotiated_entry.price, list_entry.price) is null, 'unpriced', 'priced') as price_status
    from (
        select
            {{ usage }}.*,
            {{ books }}.currency_code,
            {{ first_fitting_price(usage, books ~ '.list_prices', 'true') }} as list_entry,
            {{ first_fitting_price(usage, books ~ '.negotiated_prices', 'entry.account_id is null') }} as negotiated_entry
        from {{ usage }}
        left join {{ books }}
            on
                {{ usage }}.sku_name = {{ books }}.sku_name
                and {{ usage }}.cloud = {{ books }}.cloud
                and {{ usage }}.usage_unit = {{ books }}.usage_unit
    )
{%- endmacro %}


{#- unknown_account  whether a price fits usage of which nobody knows the account: a list price does, a contract does not -#}
{% macro first_fitting_price(usage, prices, unknown_account) -%}
    get(filter(
                {{ prices }},
                entry -> {{ usage }}.usage_ended_at >= entry.price_started_at
                    and (entry.price_ended_at is null or {{ usage }}.usage_ended_at < entry.price_ended_at)
                    and coalesce({{ usage }}.account_id = entry.account_id, {{ unknown_account }})
            ), 0)
{%- endmacro %}


{#- The days whose usage a changed price applies to. Over `changed`, changed books: a price that stands in a book before
    and after cancels out. -#}
{% macro repriced_days(usage_records) -%}
    select distinct usage.usage_date
    from (
        select sku_name, cloud, usage_unit, entry.price_started_at, entry.price_ended_at
        from (select *, explode(concat(list_prices, negotiated_prices)) as entry from changed)
        group by sku_name, cloud, usage_unit, currency_code, entry
        having {{ net_count() }} <> 0
    ) as moved
    inner join {{ usage_records }} as usage
        on
            usage.sku_name = moved.sku_name
            and usage.cloud = moved.cloud
            and usage.usage_unit = moved.usage_unit
            and usage.usage_ended_at >= moved.price_started_at
            and (moved.price_ended_at is null or usage.usage_ended_at < moved.price_ended_at)
{%- endmacro %}


{#- The days with unpriced usage of a SKU whose prices have changed, in whatever unit. Over `changed`, changed books. -#}
{% macro days_without_price(usage_hourly) -%}
    select distinct hourly.usage_date
    from {{ usage_hourly }} as hourly
    inner join changed on hourly.sku_name = changed.sku_name and hourly.cloud = changed.cloud
    where hourly.price_status = 'unpriced'
{%- endmacro %}
