"""A retraction names no record: corrections are put under what they must belong to."""

from collections.abc import Sequence
from itertools import permutations
from typing import Any

from operations.trace.corrections import Entry, group_corrections
from tests.unit.trace.samples import record

Tree = list[Any]


def tree(entries: Sequence[Entry]) -> Tree:
    return [
        [entry.record.name, *tree(entry.corrections)] if entry.corrections else entry.record.name
        for entry in entries
    ]


ORIGINAL = record("o", "ORIGINAL", "10")
RETRACTION = record("t", "RETRACTION", "-10")
RESTATEMENT = record("n", "RESTATEMENT", "7")


def test_correction_hangs_under_its_original_in_whatever_order_they_came() -> None:
    for records in permutations([ORIGINAL, RETRACTION, RESTATEMENT]):
        entries = group_corrections(records)
        assert tree(entries) == [["o", "t", "n"]]
        assert not entries[0].is_unmatched


def test_restatement_can_be_corrected_again() -> None:
    again = [record("t2", "RETRACTION", "-7"), record("n2", "RESTATEMENT", "6")]
    entries = group_corrections([ORIGINAL, RETRACTION, RESTATEMENT, *again])
    assert tree(entries) == [["o", "t", ["n", "t2", "n2"]]]


def test_records_of_another_usage_have_nothing_to_do_with_it() -> None:
    other = record("x", "RETRACTION", "-10", usage=("c2", "SKU"))
    entries = group_corrections([ORIGINAL, other])
    assert tree(entries) == ["o", "x"]
    assert [entry.is_unmatched for entry in entries] == [False, True]


def test_retraction_of_another_quantity_matches_nothing() -> None:
    entries = group_corrections([ORIGINAL, record("t", "RETRACTION", "-9")])
    assert [entry.is_unmatched for entry in entries] == [False, True]


def test_two_equal_originals_are_retracted_one_each() -> None:
    twin = record("o2", "ORIGINAL", "10")
    one = group_corrections([ORIGINAL, twin, RETRACTION])
    assert tree(one) == [["o", "t"], "o2"]
    both = group_corrections([ORIGINAL, twin, RETRACTION, record("t2", "RETRACTION", "-10")])
    assert tree(both) == [["o", "t"], ["o2", "t2"]]


def test_restatement_without_retraction_stands_alone() -> None:
    entries = group_corrections([ORIGINAL, RESTATEMENT])
    assert tree(entries) == ["o", "n"]
    assert entries[1].is_unmatched


def test_retracted_restatement_alone_makes_no_circle() -> None:
    entries = group_corrections([RESTATEMENT, record("t", "RETRACTION", "-7")])
    assert tree(entries) == [["n", "t"]]
