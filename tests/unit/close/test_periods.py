"""A billing period is a calendar month, UTC."""

from datetime import UTC, datetime

import pytest

from operations.close.periods import CloseRefused, Period


def test_a_month_is_read_and_written() -> None:
    assert str(Period.parse(" 2026-01 ")) == "2026-01"


@pytest.mark.parametrize(
    "text",
    ["", "2026", "2026-13", "2026-00", "2026-1", "26-01", "2026-01-01", "0000-01", "٢٠٢٦-01"],
)
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(CloseRefused, match=r"no billing period.*2026-01"):
        Period.parse(text)


def test_december_is_followed_by_january() -> None:
    assert Period(2025, 12).following == Period(2026, 1)
    assert Period(2025, 12).end == datetime(2026, 1, 1, tzinfo=UTC)


def test_a_month_is_over_with_the_first_instant_of_the_next() -> None:
    january = Period(2026, 1)
    assert not january.is_over(datetime(2026, 1, 31, 23, 59, 59, 999_999, tzinfo=UTC))
    assert january.is_over(datetime(2026, 2, 1, tzinfo=UTC))
