"""The history of alerts: a Delta table that rows are only added to, `operations.alert_events`.

dbt makes it before its first model (macros/alerts.sql); nothing else writes to it.
"""

import json
from collections.abc import Sequence
from datetime import datetime

from operations.alerting.model import Event, Kind, Severity
from operations.queries import Cursor, insert, literal, rows, timestamp_literal, utc

TABLE = "operations.alert_events"
COLUMNS = (
    "event_id", "event", "occurred_at", "recorded_at", "position", "run_id", "alert_id", "rule",
    "subject", "severity", "value", "detail", "actor", "channel", "digest_id", "covers",
)  # fmt: skip


def read(cursor: Cursor) -> list[Event]:
    """Every event, in no order."""
    listed = ", ".join(COLUMNS[:-1])
    found = rows(cursor, f"select {listed}, to_json(covers) from {TABLE}")
    return [_event(row) for row in found]


def append(cursor: Cursor, events: Sequence[Event]) -> None:
    """Adds events."""
    insert(cursor, TABLE, ", ".join(COLUMNS), [_values(event) for event in events])


def _values(event: Event) -> str:
    texts = (event.alert_id, event.rule, event.subject, event.severity)
    told = (event.detail, event.actor, event.channel, event.digest_id)
    value = "null" if event.value is None else repr(event.value)
    parts = (
        literal(event.event_id),
        literal(event.kind),
        timestamp_literal(event.occurred_at),
        timestamp_literal(event.recorded_at),
        str(event.position),
        literal(event.run_id),
        *map(_text, texts),
        f"cast({value} as double)",
        *map(_text, told),
        f"array({', '.join(map(literal, event.covers))})" if event.covers else "null",
    )
    return f"({', '.join(parts)})"


def _text(value: str | None) -> str:
    return literal(value) if value else "null"


def _event(row: Sequence[object]) -> Event:
    event_id, kind, occurred_at, recorded_at, position, run_id, *rest = row
    alert_id, rule, subject, severity, value, detail, actor, channel, digest_id, covers = rest
    assert isinstance(occurred_at, datetime)
    assert isinstance(recorded_at, datetime)
    return Event(
        event_id=str(event_id),
        kind=Kind(str(kind)),
        occurred_at=utc(occurred_at),
        recorded_at=utc(recorded_at),
        position=int(str(position)),
        run_id=str(run_id),
        alert_id=str(alert_id or ""),
        rule=str(rule or ""),
        subject=str(subject or ""),
        severity=Severity(str(severity)) if severity else None,
        value=None if value is None else float(str(value)),
        detail=str(detail or ""),
        actor=str(actor or ""),
        channel=str(channel or ""),
        digest_id=str(digest_id or ""),
        covers=tuple(json.loads(str(covers))) if covers else (),
    )
