{#- What the two shops of the domain commerce call alike. -#}

{#- What a line of a retailer's invoice is: the invoice says it by its first letter, stock by its sign, services by codes
    that are no goods. Over a retail_lines record. -#}
{% macro retail_line_type() -%}
    case
            when record.invoiceno ilike 'C%' then 'return'
            when record.invoiceno ilike 'A%' then 'adjustment'
            when record.quantity < 0 then 'write_off'
            when {{ is_retail_service('upper(record.stockcode)') }} then 'service'
            when record.unitprice = 0 then 'free'
            else 'sale'
        end
{%- endmacro %}


{#- Predicate: the stock code is no goods but postage, carriage, a fee, a discount, a sample or keyed in by hand. -#}
{% macro is_retail_service(stock_code) -%}
    {{ stock_code }} in ('AMAZONFEE', 'B', 'BANK CHARGES', 'C2', 'CRUK', 'D', 'DOT', 'M', 'POST', 'S')
{%- endmacro %}


{#- Predicate: the marketplace never carried the order out. -#}
{% macro is_cancelled_status(status) -%} {{ status }} in ('canceled', 'unavailable') {%- endmacro %}


{#- Predicate: the order counts as one. Over fct_orders. -#}
{% macro is_counted_order() -%} order_type = 'sale' and not is_cancelled {%- endmacro %}


{#- Identity of a customer or product over both shops: 128 bits. -#}
{% macro commerce_key(shop, id) -%} left(sha2(concat({{ shop }}, '|', {{ id }}), 256), 32) {%- endmacro %}


{#- That of an order: an invoice that goes on past midnight is one of each day. -#}
{% macro commerce_order_key(shop, order_id, order_date) -%}
    {{ commerce_key(shop, 'concat(' ~ order_id ~ ", '|', " ~ order_date ~ ')') }}
{%- endmacro %}


{#- Days of the marketplace's orders that `changed` rows belong to, by an id that both have. -#}
{% macro days_of_marketplace_orders(id='order_id') -%}
    select distinct orders.order_date
    from {{ ref('stg_commerce__marketplace_orders') }} as orders
    inner join changed using ({{ id }})
{%- endmacro %}


{#- Versions of a dimension that a snapshot saw. Nobody watched before the first one: it is the best that is known of the
    time since the first order. -#}
{% macro watched_versions(snapshot, key) -%}
    select
        * except (valid_from_at, is_first),
        if(is_first, least(valid_from_at, first_ordered_at), valid_from_at) as valid_from_at,
        valid_to_at = timestamp'9999-12-31' as is_current
    from (
        select
            *,
            lag(valid_from_at) over (partition by {{ key }} order by valid_from_at) is null as is_first
        from {{ whole(snapshot) }}
    )
{%- endmacro %}


{#- A zip code's first five digits, with the leading zero that a spreadsheet takes away. -#}
{% macro zip_prefix(value) -%} lpad({{ value }}, greatest(5, length({{ value }})), '0') {%- endmacro %}
