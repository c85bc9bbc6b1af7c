{#- The history of alerts: a table that no model makes, because what people were told is never told again. Written by
    `lakeledger alerts` alone (docs/alerts.md). -#}

{% macro create_alerts() -%}
    {%- do create_kept_tables('operations', {'alert_events': alert_events_columns()}) -%}
{%- endmacro %}


{% macro alert_events_columns() -%}
    event_id string not null,
    event string not null,
    occurred_at timestamp not null,
    recorded_at timestamp not null,
    position int not null,
    run_id string not null,
    alert_id string,
    rule string,
    subject string,
    severity string,
    value double,
    detail string,
    actor string,
    channel string,
    digest_id string,
    covers array<string>
{%- endmacro %}
