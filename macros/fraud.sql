{#- The rules of fraud by name, as numbers for the SQL of this build: {rule: {threshold, minimum, window_minutes,
    min_orders, weight, enabled}}. A rule that is not in the seed is off, at parse time all are; one without a threshold
    never hits. -#}
{% macro fraud_rules() -%}
    {%- set rules = {} -%}
    {%- for name in fraud_rule_names() -%}
        {%- do rules.update({name: {
            'threshold': 1000000000, 'minimum': 0, 'window_minutes': 1, 'min_orders': 0, 'weight': 0, 'enabled': false
        }}) -%}
    {%- endfor -%}
    {%- if asks_tables() -%}
        {%- for row in run_query('select * from ' ~ ref('int_orders__fraud_rules')) -%}
            {%- for column in rules.get(row['rule'], {}) | list if row[column] is not none -%}
                {%- do rules[row['rule']].update({column: row[column] | string | lower}) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(rules) }}
{%- endmacro %}


{#- Rules that hit orders, then the two limits of the score. -#}
{% macro fraud_rule_names() -%}
    {{ return([
        'high_value', 'bulk_order', 'velocity', 'new_account', 'impossible_travel', 'shared_instrument', 'alert', 'severe',
    ]) }}
{%- endmacro %}


{#- Minutes around an order within which others tell something about it; its own history goes back further. -#}
{% macro fraud_minutes_around(rules) -%}
    {{ return([
        velocity_minutes(rules), rules.impossible_travel.window_minutes, rules.shared_instrument.window_minutes
    ] | map('int') | max) }}
{%- endmacro %}


{#- Minutes before or after an order that tell how often its customer orders at all: 30 windows, a day at most. -#}
{% macro velocity_minutes(rules) -%} {{ return([30 * rules.velocity.window_minutes | int, 1440] | min) }} {%- endmacro %}


{#- Whole days that the history of a customer goes back. -#}
{% macro fraud_history_days(rules) -%} {{ return((rules.high_value.window_minutes | int + 1439) // 1440) }} {%- endmacro %}


{#- Days on which new orders can tell: those within reach of the windows, and later ones of the same customers with an
    order that is held against their history. Over `changed`, orders. -#}
{% macro days_of_fraud_evidence(rules) -%}
    {%- set minutes = fraud_minutes_around(rules) -%}
    select explode(array(
        cast(order_at - interval {{ minutes }} minutes as date), cast(order_at + interval {{ minutes }} minutes as date)
    )) from changed
    union select later.order_date
    from {{ ref('int_orders__enriched_orders') }} as later
    inner join (select user_id, order_date from changed group by all) as earlier
        on
            later.user_id = earlier.user_id
            and later.order_date > earlier.order_date
            and later.order_date <= date_add(earlier.order_date, {{ fraud_history_days(rules) }})
    where
        later.amount >= {{ rules.high_value.minimum }}
        and later.order_date > (select min(order_date) from changed)
{%- endmacro %}


{#- Predicate: the order is of a changed day, or within so many minutes of one. -#}
{% macro falls_around(changed, minutes) -%}
    (
            {{ falls_in('order_date', changed) }}
            or {{ falls_in('date_add(order_date, 1)', changed) }}
            and order_at >= date_add(order_date, 1) - interval {{ minutes }} minutes
            or {{ falls_in('date_sub(order_date, 1)', changed) }}
            and order_at <= order_date + interval {{ minutes }} minutes
        )
{%- endmacro %}


{#- Middle of an array of numbers; null of an empty one. -#}
{% macro array_median(numbers) -%}
    (
            get(array_sort({{ numbers }}), (size({{ numbers }}) - 1) div 2)
            + get(array_sort({{ numbers }}), size({{ numbers }}) div 2)
        ) / 2
{%- endmacro %}


{#- Columns of a signal: the order, the rule, what was found against which limit, and that in words. -#}
{% macro fraud_signal(name, rule, value, limit, evidence) -%}
    record_key,
        order_id,
        order_at,
        order_date,
        user_id,
        city,
        amount,
        '{{ name }}' as rule,
        cast({{ rule.weight }} as decimal(5, 4)) as weight,
        cast({{ value }} as decimal(18, 2)) as value,
        cast({{ limit }} as decimal(18, 2)) as limit_value,
        {{ evidence }} as evidence
{%- endmacro %}
