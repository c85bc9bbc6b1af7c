"""Windows of a replay: what is refused, and the parts that they are done in."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from operations.replay.estimate import ClosedPeriod
from operations.replay.text import day_sentence, period_sentences
from operations.replay.window import ReplayRefused, Window


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("2026-01-05", "2026-01-05", "ends .* before it begins"),
        ("2026-01-06", "2026-01-05", "ends .* before it begins"),
        ("2026-01-01", "2026-02-02", "32 days long; more than 31 .* --long"),
        ("yesterday", "2026-01-05", "--from 'yesterday' is no time"),
        ("2026-01-05", "2026-01-32", "--to '2026-01-32' is no time"),
    ],
)
def test_what_is_no_window_is_refused(start: str, end: str, said: str) -> None:
    with pytest.raises(ReplayRefused, match=said):
        Window.parse(start, end)


def test_a_long_window_is_allowed_where_it_is_asked_for() -> None:
    window = Window.parse("2026-01-01", "2026-03-01", is_long=True)
    assert window.end - window.start == timedelta(days=59)


def test_a_month_is_not_long() -> None:
    assert str(Window.parse("2026-01-01", "2026-02-01")) == "2026-01-01 00:00 to 2026-02-01 00:00"


def test_times_with_a_zone_are_brought_to_utc() -> None:
    window = Window.parse("2026-01-05T01:00+02:00", "2026-01-05")
    assert window.texts() == ("2026-01-04 23:00", "2026-01-05 00:00")


def test_parts_are_cut_at_midnight_and_leave_nothing_out() -> None:
    window = Window.parse("2026-01-01T22:30", "2026-01-04T06:00")
    parts = list(window.parts(2))
    assert [part.texts() for part in parts] == [
        ("2026-01-01 22:30", "2026-01-03 00:00"),
        ("2026-01-03 00:00", "2026-01-04 06:00"),
    ]


def test_thirty_days_are_thirty_parts_of_a_day() -> None:
    window = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 31, tzinfo=UTC))
    parts = list(window.parts(1))
    assert len(parts) == 30
    assert all(a.end == b.start for a, b in pairwise(parts))


def test_days_are_told_as_ranges() -> None:
    days = [date(2026, 1, 5), date(2026, 1, 6), date(2026, 1, 9)]
    said = day_sentence("audit_logs", days)
    assert said == "audit_logs: 3 days of events: 2026-01-05 to 2026-01-06, 2026-01-09."


def test_closed_periods_are_named_with_what_becomes_of_them() -> None:
    months, closed = ["2026-01", "2026-02"], [ClosedPeriod(account="a1", period="2026-01")]
    first, second = period_sentences(months, closed)
    assert first == "Billing periods: 2026-01, 2026-02."
    assert "2026-01 of a1" in second
    assert "adjustment" in second
    assert period_sentences([], []) == []
