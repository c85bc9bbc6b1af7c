from datetime import UTC, datetime, timedelta

import pytest

from operations.forget.errors import ForgetRefused
from operations.forget.requests import Request, checked

NOW = datetime(2026, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("identifier", "name"),
    [
        (" Ann.Doe+x@Example.com\n", "ann.doe+x@example.com"),
        ("ann%40example.com", "ann@example.com"),
        ("user-0001", "user-0001"),
        ("47110000", "47110000"),
    ],
)
def test_an_identifier_is_one_token(identifier: str, name: str) -> None:
    assert checked(identifier) == name


@pytest.mark.parametrize(
    ("identifier", "why"),
    [
        ("Ann Doe", "one token"),
        ("", "one token"),
        ("ann@example.com'; drop table x", "one token"),
        ("josé@example.com", "one token"),
        ("@example.com", "starts and ends"),
        ("ann.", "starts and ends"),
        ("ann", "at least 4"),
        ("4711000", "a number at least 8"),
        ("forgotten-0123456789abcdef", "forgotten already"),
    ],
)
def test_what_would_hit_others_is_refused(identifier: str, why: str) -> None:
    with pytest.raises(ForgetRefused, match=why):
        checked(identifier)


def test_a_request_is_overdue_until_old_versions_are_gone() -> None:
    asked = NOW - timedelta(days=7, seconds=1)
    request = Request(
        request_id="r",
        pseudonym="forgotten-1",
        requested_at=asked,
        due_at=asked + timedelta(days=7),
        requested_by="x",
        why="y",
        erased_at=asked,
    )
    assert request.state(NOW) == "overdue"
    assert request.state(asked) == "erased"
