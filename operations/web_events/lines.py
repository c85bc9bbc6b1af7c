"""Events as lines on the day they are delivered, with copies, late ones and lines that are none."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from random import Random
from typing import Any

from operations.web_events.model import Event, Session
from operations.web_events.settings import DefectRates

_LATEST_DAYS = 3


class Kind(StrEnum):
    """What a line is."""

    event = "event"
    late = "late"
    duplicate = "duplicate"
    broken = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line; `reason` is why a broken one is refused, as the quarantine names it."""

    day: date
    text: str
    kind: Kind
    reason: str | None = None


def lines_of(session: Session, rates: DefectRates, seed: int) -> Iterator[Line]:
    """All lines that the events of a session are delivered as."""
    random = Random(f"{seed}:{session.session_id}:lines")
    for event in session.events:
        record = as_record(session, event)
        day = event.happened_at.date()
        late = random.random() < rates.late
        if late:
            day += timedelta(days=random.randint(1, _LATEST_DAYS))
        text = _encoded(record)
        yield Line(day=day, text=text, kind=Kind.late if late else Kind.event)
        if random.random() < rates.duplicates:
            again = day + timedelta(days=random.randint(0, 1))
            yield Line(day=again, text=text, kind=Kind.duplicate)
        if random.random() < rates.broken:
            reason = random.choice(list(_BREAKS))
            broken = _BREAKS[reason](record)
            yield Line(day=day, text=broken, kind=Kind.broken, reason=reason)


def as_record(session: Session, event: Event) -> dict[str, Any]:
    """An event as its source declares it."""
    return {
        "event_id": event.event_id,
        "session_id": session.session_id,
        "visitor_id": session.visitor_id,
        "customer_id": event.customer_id,
        "event_type": event.step.name,
        "product_id": event.product_id,
        "order_id": event.order_id,
        "device": session.device,
        "referrer": session.referrer,
        "event_time": event.happened_at.isoformat().replace("+00:00", "Z"),
    }


def _encoded(record: dict[str, Any]) -> str:
    return json.dumps(record, separators=(",", ":"))


def _cut_off(record: dict[str, Any]) -> str:
    text = _encoded(record)
    return text[: len(text) // 2]


# Reasons of the quarantine, each with a way to get there.
_BREAKS: dict[str, Callable[[dict[str, Any]], str]] = {
    "malformed_json": _cut_off,
    "missing_key:visitor_id": lambda record: _encoded(record | {"visitor_id": None}),
    "wrong_type:event_time": lambda record: _encoded(record | {"event_time": "yesterday"}),
    "unknown_event_type": lambda record: _encoded(record | {"event_type": "hover"}),
}
