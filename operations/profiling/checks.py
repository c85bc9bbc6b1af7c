"""Tests of dbt that are conditions on a row: they can be asked in one statement, all of a table.

Translated are those whose meaning is exactly such a condition: accepted values, sets, bounds,
patterns, lengths, one column after another. What compares rows or tables stays a test alone.
"""

from collections.abc import Callable, Mapping
from typing import Any

from operations.profiling.model import Check
from operations.queries import literal

Arguments = Mapping[str, Any]


def check_of(name: str, arguments: Arguments) -> Check | None:
    """The test as a condition; None where it is none, or is asked in a way that is not known."""
    translate = _TRANSLATED.get(name)
    if translate is None or not _KNOWN[name].issuperset(arguments):
        return None
    condition = translate(arguments)
    if row_condition := arguments.get("row_condition"):
        condition = f"not ({row_condition}) or ({condition})"
    column = arguments.get("column_name") or arguments["column_A"]
    return Check(name.removeprefix("expect_column_values_to_"), str(column), condition)


def _accepted_values(arguments: Arguments) -> str:
    return _in(arguments, "values", "quote")


def _in_set(arguments: Arguments) -> str:
    # Null is in no set there, unlike among accepted values.
    return f"coalesce({_in(arguments, 'value_set', 'quote_values')}, false)"


def _in(arguments: Arguments, values: str, quote: str) -> str:
    quoted = arguments.get(quote, True)
    listed = ", ".join(literal(str(v)) if quoted else str(v) for v in arguments[values])
    column = arguments["column_name"]
    return f"{f'cast({column} as string)' if quoted else column} in ({listed})"


def _between(arguments: Arguments) -> str:
    or_equal = "" if arguments.get("strictly") else "="
    bounds = [
        f"{arguments['column_name']} {sign}{or_equal} {arguments[bound]}"
        for sign, bound in ((">", "min_value"), ("<", "max_value"))
        if arguments.get(bound) is not None
    ]
    return " and ".join(bounds) or "true"


def _matches(arguments: Arguments) -> str:
    return f"regexp_instr({arguments['column_name']}, {literal(arguments['regex'])}) > 0"


def _length(arguments: Arguments) -> str:
    return f"length({arguments['column_name']}) = {arguments['value']}"


def _after(arguments: Arguments) -> str:
    sign = ">=" if arguments.get("or_equal") else ">"
    return f"{arguments['column_A']} {sign} {arguments['column_B']}"


_TRANSLATED: Mapping[str, Callable[[Arguments], str]] = {
    "accepted_values": _accepted_values,
    "expect_column_values_to_be_in_set": _in_set,
    "expect_column_values_to_be_between": _between,
    "expect_column_values_to_match_regex": _matches,
    "expect_column_value_lengths_to_equal": _length,
    "expect_column_pair_values_A_to_be_greater_than_B": _after,
}
_COMMON = {"column_name", "row_condition"}
_KNOWN: Mapping[str, set[str]] = {
    "accepted_values": {"column_name", "values", "quote"},
    "expect_column_values_to_be_in_set": {*_COMMON, "value_set", "quote_values"},
    "expect_column_values_to_be_between": {*_COMMON, "min_value", "max_value", "strictly"},
    "expect_column_values_to_match_regex": {*_COMMON, "regex"},
    "expect_column_value_lengths_to_equal": {*_COMMON, "value"},
    "expect_column_pair_values_A_to_be_greater_than_B": {
        *("column_A", "column_B", "or_equal", "row_condition")
    },
}
