"""What messages add up to, from their bytes alone, by the written contract."""

import json
from collections import Counter, defaultdict
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
INGESTED = datetime(2026, 11, 1, tzinfo=UTC)


def reason(value: bytes | None) -> str | None:
    """Why a message is no valid order; None if it is one."""
    if not value:
        return "no_value" if value is None else "empty_line"
    try:
        order = json.loads(value.decode(), parse_float=Decimal, parse_int=Decimal)
    except UnicodeDecodeError:
        return "invalid_utf8"
    except ValueError:
        return "malformed_json"
    if not isinstance(order, dict):
        return "malformed_json"
    if order["schema_version"] not in (1, 2, 3):
        return "unknown_schema_version"
    for key in ("order_id", "user_id", "dish_id", "price", "quantity", "order_time"):
        if order.get(key) is None:
            return f"missing_key:{key}"
    for key in ("price", "quantity"):
        if order[key] <= 0:
            return f"{key}_not_positive"
    moment = datetime.fromisoformat(order["order_time"])
    if moment.year < 2020:
        return "order_time_too_old"
    return "future_event_time" if moment > INGESTED else None


def recount(values: list[bytes | None]) -> dict[str, object]:
    """The sums of the expected file, made in another way."""
    reasons: Counter[str] = Counter()
    orders: dict[str, dict[str, object]] = {}
    for value in values:
        if why := reason(value):
            reasons[why] += 1
            continue
        order = json.loads(value or b"", parse_float=Decimal, parse_int=Decimal)
        orders.setdefault(order["order_id"], order)
    days: dict[str, list[Decimal]] = defaultdict(list)
    categories: dict[str, list[Decimal]] = defaultdict(list)
    for order in orders.values():
        amount = (order["price"] * order["quantity"]).quantize(CENT, ROUND_HALF_UP)
        days[order["order_time"][:10]].append(amount)
        categories[order["category"]].append(amount)
    return {
        "messages": len(values),
        "unique_valid_orders": len(orders),
        "revenue": str(sum((sum(amounts) for amounts in days.values()), Decimal("0.00"))),
        "days": _summed(days),
        "categories": _summed(categories),
        "dead_letters": dict(sorted(reasons.items())),
    }


def _summed(groups: dict[str, list[Decimal]]) -> dict[str, dict[str, object]]:
    return {
        name: {"orders": len(amounts), "revenue": str(sum(amounts))}
        for name, amounts in groups.items()
    }
