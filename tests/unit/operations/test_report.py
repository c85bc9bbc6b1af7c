"""The report says what the tables hold, from plain rows."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

from rich.console import Console

from operations.facts import ModelledSource
from operations.report import print_report

SOURCES = [ModelledSource(name="platform.audit_logs", bronze="b", silver="s")]


class Answers:
    """A cursor that knows the answer to each question by a word in it."""

    def __init__(self, **answers: Sequence[Sequence[Any]]) -> None:
        self._answers = answers
        self._rows: Sequence[Sequence[Any]] = []

    def execute(self, operation: str) -> None:
        self._rows = next(rows for word, rows in self._answers.items() if word in operation)

    def fetchall(self) -> Sequence[Sequence[Any]]:
        return self._rows


def printed(**answers: Sequence[Sequence[Any]]) -> str:
    text = StringIO()
    known = {"last_landed_at": [], "quarantine_reason": [], "group by usage_date": []}
    empty = {"sku_name": [], "ops_completeness_hourly": []}
    print_report(
        Console(file=text, width=120), Answers(**(answers | known | empty | answers)), SOURCES
    )
    return text.getvalue()


def test_duplicates_are_what_is_neither_silver_nor_quarantined() -> None:
    landed = datetime.now(tz=UTC) - timedelta(hours=3)
    text = printed(last_landed_at=[("platform.audit_logs", 100, 90, 4, landed)])
    line = next(line for line in text.splitlines() if "audit_logs" in line)
    assert line.split() == ["audit_logs", "100", "90", "6", "4", "3", "h", "ago"]


def test_unpriced_usage_is_never_zero_dollars() -> None:
    day = (date(2026, 1, 1), Decimal(5), None, None, Decimal(5), 0)
    text = printed(**{"group by usage_date": [day]})
    assert text.count("no price known") == 4


def test_days_are_shown_at_list_as_billed_and_with_what_waits() -> None:
    days = [
        (date(2026, 1, 1), Decimal(5), Decimal("2.5"), Decimal("2.25"), Decimal(0), 0),
        (date(2026, 1, 2), Decimal(0), None, None, Decimal(0), 12),
    ]
    lines = [line.split() for line in printed(**{"group by usage_date": days}).splitlines()]
    assert ["2026-01-01", "5.000", "2.500000", "2.250000", "-", "-"] in lines
    assert ["2026-01-02", "0.000", "-", "-", "-", "12", "records"] in lines
    assert ["all", "5.000", "2.500000", "2.250000", "-", "12", "records"] in lines


def test_only_the_first_reasons_are_listed() -> None:
    reasons = [("platform.audit_logs", f"missing_key:{n}", 2) for n in range(11)]
    text = printed(quarantine_reason=reasons)
    assert "missing_key:7" in text
    assert "and 6 rows of 3 more reasons" in text
