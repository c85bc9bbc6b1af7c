"""Figures and failures in words: units are said, nothing is shown raw."""

from collections.abc import Sequence
from datetime import datetime

from databricks.sql.exc import Error

from operations.quarantine.sources import QuarantineRefused
from operations.refusals import refusal_of
from warehouse.errors import WarehouseError

UNKNOWN = "n/a"
_UNREADABLE = "This could not be read; the console's log has the reason."


def duration(seconds: float | None) -> str:
    """`45 s`, `3 min 20 s`, `5 h 12 min`, `2 d 4 h`; `n/a` where it is not known."""
    if seconds is None or seconds != seconds:
        return UNKNOWN
    whole = round(abs(seconds))
    sign = "-" if seconds < 0 and whole else ""
    steps = ((86_400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s"))
    for size, unit, rest_size, rest_unit in steps:
        if whole >= size:
            rest = whole % size // rest_size
            said = f"{whole // size} {unit}" + (f" {rest} {rest_unit}" if rest else "")
            return sign + said
    return f"{sign}{whole} s"


def brief(seconds: float | None) -> str:
    """`45s`, `3m`, `5h`, `2d`, for where there is no room; empty where it is not known."""
    if seconds is None or seconds != seconds:
        return ""
    whole = round(seconds)
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "m")):
        if abs(whole) >= size:
            return f"{int(whole / size)}{unit}"
    return f"{whole}s"


def count(number: float | None, one: str, many: str | None = None) -> str:
    """`1 row`, `2,345 rows`."""
    if number is None or number != number:
        return UNKNOWN
    return f"{number:,.0f} {one if number == 1 else many or one + 's'}"


def amount(value: float | None) -> str:
    """`1,234.50`; `n/a` for what has no price or no forecast."""
    if value is None or value != value:
        return UNKNOWN
    return f"{value:,.2f}"


def moment(at: datetime) -> str:
    """A point of time to the second, with its zone."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def listed(names: Sequence[str], most: int = 4) -> str:
    """`a, b and 3 more`."""
    shown, rest = names[:most], len(names) - most
    return ", ".join(shown) + (f" and {rest} more" if rest > 0 else "")


def sentence_of(error: Exception) -> str:
    """What a failed question says to the reader of a page."""
    if isinstance(error, Error):
        return refusal_of(error)
    if isinstance(error, WarehouseError | QuarantineRefused):
        return str(error)
    return _UNREADABLE
