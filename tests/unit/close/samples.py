"""Facts of one period, as tests want them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from operations.close.model import Break, Content, Event, EventKind, Facts, Key, PeriodState
from operations.close.periods import Period

JANUARY = Key("a1", Period(2026, 1))
FEBRUARY_3RD = datetime(2026, 2, 3, 12, tzinfo=UTC)
CONTENT = Content(row_count=4, record_count=6, billed_cost=Decimal("3.5"), rows_hash="now")


def event(
    kind: EventKind, actor: str, subject: str | None = None, minute: int = 0, **changes: Any
) -> Event:
    return replace(
        Event(
            key=JANUARY,
            kind=kind,
            actor=actor,
            occurred_at=FEBRUARY_3RD + timedelta(minutes=minute),
            subject=subject,
        ),
        **changes,
    )


def facts(*events: Event, state: str = "OPEN", **changes: Any) -> Facts:
    found = Facts(
        state=PeriodState(
            key=JANUARY,
            state=state,  # type: ignore[arg-type]
            record_count=6,
            billed_cost=Decimal("3.5"),
        ),
        content=CONTENT,
        events=events,
    )
    return replace(found, **changes)


def broken(kind: str = "unpriced_usage", **changes: Any) -> Break:
    found = Break(
        key=JANUARY,
        kind=kind,
        subject="JOBS AWS per DBU",
        region="r1",
        first_day=date(2026, 1, 5),
        last_day=date(2026, 1, 5),
        count=1,
        detail="No price is known: deliver it",
    )
    return replace(found, **changes)
