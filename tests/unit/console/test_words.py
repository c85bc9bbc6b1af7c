"""Figures and failures in words."""

import pytest
from databricks.sql.exc import ServerOperationError

from operations.console.words import amount, brief, count, duration, listed, sentence_of
from warehouse.errors import WarehouseNotStarted


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (200, "3 min 20 s"),
        (3600, "1 h"),
        (187_300, "2 d 4 h"),
        (-90, "-1 min 30 s"),
        (None, "n/a"),
        (float("nan"), "n/a"),
    ],
)
def test_durations(seconds: float | None, said: str) -> None:
    assert duration(seconds) == said


def test_numbers_have_their_units() -> None:
    assert count(1, "row") == "1 row"
    assert count(2345, "row") == "2,345 rows"
    assert amount(1234.5) == "1,234.50"
    assert amount(float("nan")) == "n/a"


def test_long_lists_say_how_many_are_left_out() -> None:
    assert listed(["a", "b"]) == "a, b"
    assert listed(["a", "b", "c"], most=1) == "a and 2 more"


def test_failures_are_sentences_and_keep_the_inside_to_themselves() -> None:
    assert sentence_of(WarehouseNotStarted("It is not there.")) == "It is not there."
    assert "did not answer" in sentence_of(ServerOperationError("timeout\n at java.lang"))
    assert "java" not in sentence_of(ServerOperationError("timeout\n at java.lang"))
    assert "secret" not in sentence_of(KeyError("secret"))


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(None, ""), (float("nan"), ""), (0, "0s"), (44.6, "45s"), (200, "3m"), (-200, "-3m"),
     (3 * 3600 + 3599, "3h"), (2 * 86_400 + 5, "2d")],
)  # fmt: skip
def test_a_duration_where_there_is_no_room(seconds: float | None, said: str) -> None:
    assert brief(seconds) == said
