{#- The ledger: for each book (usage, orders) three tables that no model makes, because what is in them is never made again.
    Written by `lakeledger close` alone (docs/decisions/0014-the-seal-is-the-commit.md). -#}

{% macro create_ledger() -%}
    {%- do create_kept_tables('ledger', {
        'period_events': period_events_columns(),
        'period_seals': period_seals_columns(),
        'sealed_usage': sealed_usage_columns(),
        'revenue_events': period_events_columns(),
        'revenue_seals': revenue_seals_columns(),
        'sealed_revenue': sealed_revenue_columns(),
    }, partitions={'sealed_usage': 'billing_period', 'sealed_revenue': 'billing_period'}) -%}
{%- endmacro %}


{% macro period_events_columns() -%}
    event_id string not null,
    account_id string not null,
    billing_period string not null,
    event string not null,
    actor string not null,
    reason string,
    subject string,
    git_revision string not null,
    occurred_at timestamp not null
{%- endmacro %}


{% macro period_seals_columns() -%}
    seal_id string not null,
    account_id string not null,
    billing_period string not null,
    sealed_at timestamp not null,
    sealed_by string not null,
    approved_by array<string> not null,
    row_count bigint not null,
    record_count bigint not null,
    usage_quantity decimal(38,24) not null,
    list_cost decimal(38,18) not null,
    billed_cost decimal(38,18) not null,
    rows_hash string not null,
    records_hash string not null,
    input_versions map<string,bigint> not null,
    price_version string not null,
    git_revision string not null,
    read_through_at timestamp not null
{%- endmacro %}


{% macro sealed_usage_columns() -%}
    seal_id string not null,
    account_id string not null,
    billing_period string not null,
    original_period string not null,
    charge_class string,
    adjustment_reason string,
    source_record_ids array<string>,
    usage_date date not null,
    usage_hour_at timestamp not null,
    workspace_id string,
    cloud string not null,
    region string not null,
    sku_name string not null,
    usage_unit string not null,
    billing_origin_product string,
    currency_code string,
    list_price decimal(16,10),
    billed_price decimal(16,10),
    price_status string not null,
    usage_quantity decimal(34,24) not null,
    list_cost decimal(38,18),
    billed_cost decimal(38,18),
    record_count bigint not null,
    correction_count bigint not null,
    row_hash string not null
{%- endmacro %}


{% macro revenue_seals_columns() -%}
    seal_id string not null,
    account_id string not null,
    billing_period string not null,
    sealed_at timestamp not null,
    sealed_by string not null,
    approved_by array<string> not null,
    row_count bigint not null,
    order_count bigint not null,
    quantity decimal(38,3) not null,
    revenue decimal(38,2) not null,
    rows_hash string not null,
    records_hash string not null,
    input_versions map<string,bigint> not null,
    git_revision string not null,
    read_through_at timestamp not null
{%- endmacro %}


{% macro sealed_revenue_columns() -%}
    seal_id string not null,
    account_id string not null,
    billing_period string not null,
    original_period string not null,
    charge_class string,
    adjustment_reason string,
    source_record_ids array<string>,
    order_date date not null,
    restaurant_id string,
    category string,
    order_count bigint not null,
    quantity decimal(38,3) not null,
    revenue decimal(38,2) not null,
    row_hash string not null
{%- endmacro %}


{#- The account that a row is billed to; deliveries that name none share one. -#}
{% macro billed_account(column) -%} coalesce({{ column }}, 'unknown') {%- endmacro %}


{#- The billing period that a day belongs to: its calendar month, UTC. -#}
{% macro billing_period(day) -%} date_format({{ day }}, 'yyyy-MM') {%- endmacro %}


{#- The state of a period, from what is null while nobody has sealed or soft closed it. -#}
{% macro period_state(sealed, soft_closed) -%}
    case
            when {{ sealed }} is not null then 'CLOSED'
            when {{ soft_closed }} is not null then 'SOFT_CLOSED'
            else 'OPEN'
        end
{%- endmacro %}


{#- The month after a billing period. -#}
{% macro next_period(period) -%}
    date_format(add_months(to_date({{ period }}, 'yyyy-MM'), 1), 'yyyy-MM')
{%- endmacro %}


{#- Days whose adjustments a new seal can change, in either book. Over `changed`, new seals.

    account  of a line, as `lines`; by default the one that usage is billed to -#}
{% macro days_of_sealed_periods(lines, sealed_rows, day='usage_date', account=none) -%}
    select sealed.{{ day }} from {{ sealed_rows }} as sealed inner join changed on sealed.seal_id = changed.seal_id
    union
    select adjusted.{{ day }} from {{ this }} as adjusted inner join changed on adjusted.account_id = changed.account_id
    union
    select lines.{{ day }}
    from {{ lines }} as lines
    inner join changed
        on
            {{ account or billed_account('lines.account_id') }} = changed.account_id
            and {{ billing_period('lines.' ~ day) }} = changed.billing_period
{%- endmacro %}


{#- What makes a line of a bill: an adjustment is the difference of two bills per line, over its prices. -#}
{% macro line_of_bill() -%}
    {{ return(['usage_date', 'usage_hour_at', 'account_id', 'workspace_id', 'cloud', 'region', 'sku_name', 'usage_unit',
        'billing_origin_product']) }}
{%- endmacro %}


{#- The lines of a bill with the sign of their side of the difference.

    bill   name of the CTE
    sign   nothing for the bill as it would be now, - for what was billed -#}
{% macro side_of_difference(bill, sign='') -%}
    select
        {{ line_of_bill() | join(', ') }},
        {% for figure in ['usage_quantity', 'list_cost', 'billed_cost', 'record_count', 'correction_count'] -%}
        {{ sign }}{{ figure }} as {{ figure }},
        {% endfor -%}
        currency_code,
        {{ "if(price_status = 'unpriced', usage_quantity, 0)" if not sign else '0' }} as unpriced_now,
        {{ "if(price_status = 'unpriced', usage_quantity, 0)" if sign else '0' }} as unpriced_then,
        {{ 'read_through_at' if sign else 'cast(null as timestamp)' }} as billed_through_at
    from {{ bill }}
{%- endmacro %}
