"""The arithmetic of a bill, done once more in Python: exact sums, one rounding per line."""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from math import floor

# Wide enough for any sum of decimal(38, x) values; Python's default would round to 28 digits.
_WIDE = Context(prec=200, rounding=ROUND_HALF_UP)
# decimal(34,24) times decimal(16,10) is decimal(38,21) in SQL, and a cost is decimal(38,18).
_PRODUCT = Decimal(1).scaleb(-21)
_COST = Decimal(1).scaleb(-18)


def exact_sum(values: Iterable[Decimal]) -> Decimal:
    """The sum without any rounding."""
    total = Decimal(0)
    for value in values:
        total = _WIDE.add(total, value)
    return total


def difference(one: Decimal, other: Decimal) -> Decimal:
    """`one` less `other`, exact."""
    return _WIDE.subtract(one, other)


def cost(quantity: Decimal, price: Decimal | None) -> Decimal | None:
    """The cost of a line as gold rounds it; None, never zero, without a price."""
    if price is None:
        return None
    return product(quantity, price).quantize(_COST, context=_WIDE)


def product(quantity: Decimal, price: Decimal) -> Decimal:
    """Quantity times price with the decimals that SQL keeps of it."""
    return _WIDE.multiply(quantity, price).quantize(_PRODUCT, context=_WIDE)


def largest_remainder(whole: Decimal, exact: Sequence[Fraction], unit: Decimal) -> list[Decimal]:
    """Parts of `whole` in steps of `unit` that add up to it, each close to its exact share.

    Every share is floored; the units left over go to the shares that lost most, the earlier first.
    """
    floors = [floor(share / Fraction(unit)) for share in exact]
    left = int(Fraction(whole) / Fraction(unit)) - sum(floors)
    each, more = divmod(left, len(exact))
    lost = [share / Fraction(unit) - units for share, units in zip(exact, floors, strict=True)]
    first = sorted(range(len(exact)), key=lambda place: -lost[place])[:more]
    return [
        _WIDE.multiply(Decimal(units + each + (place in first)), unit)
        for place, units in enumerate(floors)
    ]


def plain(value: Decimal) -> str:
    """All digits and nothing else: no exponent, no zeros at the end."""
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text
