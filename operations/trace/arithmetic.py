"""The arithmetic of a bill, done once more in Python: exact sums, one rounding per line."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal

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
    product = _WIDE.multiply(quantity, price).quantize(_PRODUCT, context=_WIDE)
    return product.quantize(_COST, context=_WIDE)


def plain(value: Decimal) -> str:
    """All digits and nothing else: no exponent, no zeros at the end."""
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text
