{#- What the two shops of the domain commerce call alike. -#}

{#- What a line of a retailer's invoice is: the invoice says it by its first letter, stock by its sign, services by codes
    that are no goods. Over a retail_lines record. -#}
{% macro retail_line_type() -%}
    case
            when record.invoiceno ilike 'C%' then 'return'
            when record.invoiceno ilike 'A%' then 'adjustment'
            when record.quantity < 0 then 'write_off'
            when upper(record.stockcode) in ({{ literals(retail_service_codes()) }}) then 'service'
            when record.unitprice = 0 then 'free'
            else 'sale'
        end
{%- endmacro %}


{#- Stock codes of postage, carriage, fees, discounts, samples and what is keyed in by hand. -#}
{% macro retail_service_codes() -%}
    {{ return(['AMAZONFEE', 'B', 'BANK CHARGES', 'C2', 'CRUK', 'D', 'DOT', 'M', 'POST', 'S']) }}
{%- endmacro %}


{#- Predicate: the marketplace never carried the order out. -#}
{% macro is_cancelled_status(status) -%} {{ status }} in ('canceled', 'unavailable') {%- endmacro %}


{#- Identity of an order, customer or product over both shops: 128 bits. -#}
{% macro commerce_key(shop, id) -%} left(sha2(concat({{ shop }}, '|', {{ id }}), 256), 32) {%- endmacro %}


{#- Days of the marketplace's orders that `changed` rows belong to, by an id that both have. -#}
{% macro days_of_marketplace_orders(id='order_id') -%}
    select distinct orders.order_date
    from {{ ref('stg_commerce__marketplace_orders') }} as orders
    inner join changed using ({{ id }})
{%- endmacro %}


{#- A zip code's first five digits, with the leading zero that a spreadsheet takes away. -#}
{% macro zip_prefix(value) -%} lpad({{ value }}, greatest(5, length({{ value }})), '0') {%- endmacro %}
