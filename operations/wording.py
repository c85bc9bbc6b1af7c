"""Words for people, harmless whatever the data hold."""

import unicodedata

_LONGEST = 200
_NOT_SHOWN = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))


def one_line(text: str, longest: int = _LONGEST) -> str:
    """The text on one line: without control and formatting characters, and not too long."""
    shown = "".join(" " if unicodedata.category(sign) in _NOT_SHOWN else sign for sign in text)
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def counted(count: int, noun: str) -> str:
    """`1 order`, `2 orders`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def number(value: float) -> str:
    """`12,346`, `66.79`, `60`: two decimals at most, none from a thousand on, no power of ten."""
    said = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if said == "-0" else said


def measured(value: float, unit: str) -> str:
    """`12,346 customers`, `1 run`, `1 time in 24 hours`; the noun of ``unit`` comes first."""
    said = number(value)
    noun, space, rest = unit.partition(" ")
    return f"{said} {noun.removesuffix('s') if said == '1' else noun}{space}{rest}".rstrip()
