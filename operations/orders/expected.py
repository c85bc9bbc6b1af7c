"""What a correct consumer makes of the messages of a run, summed while they are sent."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

import numpy as np

from operations.orders.habits import categories
from operations.orders.kinds import VALID, Fraud, Kind, dead_letter_reason
from operations.orders.menus import CATEGORIES
from operations.orders.rows import Ints, Rows, amounts, order_id
from operations.orders.timeline import DAY_MS

_REASONS = {kind: dead_letter_reason(kind) for kind in Kind}
_IS_VALID = np.array([_REASONS[kind] == VALID for kind in Kind])


def valid_firsts(rows: Rows) -> Rows:
    """The rows that count: valid orders, each the first time that it is sent."""
    counted: Rows = rows[_IS_VALID[rows["kind"]] & rows["first"]]
    return counted


class Tally:
    """Sums over sent messages. Money is kept in whole cents, so every sum is exact."""

    def __init__(self) -> None:
        self.messages = 0
        self.duplicates = 0
        self.orders = 0
        self.cents = 0
        self._kinds: Counter[int] = Counter()
        self._day_cents: Counter[int] = Counter()
        self._day_orders: Counter[int] = Counter()
        self._category_cents: Counter[int] = Counter()
        self._category_orders: Counter[int] = Counter()
        self._frauds: list[tuple[int, int, int]] = []

    def add(self, rows: Rows) -> None:
        """Takes in the rows of messages that were sent."""
        self.messages += len(rows)
        self.duplicates += int(np.count_nonzero(~rows["first"]))
        _count(self._kinds, rows["kind"], np.ones(len(rows), "i8"))
        counted = valid_firsts(rows)
        cents = amounts(counted)
        ones = np.ones(len(counted), "i8")
        self.orders += len(counted)
        self.cents += int(cents.sum())
        _count(self._day_cents, counted["order_time"] // DAY_MS, cents)
        _count(self._day_orders, counted["order_time"] // DAY_MS, ones)
        _count(self._category_cents, categories(counted), cents)
        _count(self._category_orders, categories(counted), ones)
        labelled = counted[counted["fraud"] > 0]
        columns = (labelled[name].tolist() for name in ("number", "fraud", "episode"))
        self._frauds += zip(*columns, strict=True)

    def defects(self) -> dict[str, int]:
        """Messages of each kind that was made on purpose; copies are counted as duplicates, too."""
        made = {kind.name: self._kinds[kind] for kind in Kind if kind and self._kinds[kind]}
        return made | ({"duplicate": self.duplicates} if self.duplicates else {})

    def dead_letters(self) -> dict[str, int]:
        """Messages, copies included, by the reason for which they are no valid order."""
        reasons: Counter[str] = Counter()
        for kind, reason in _REASONS.items():
            if reason != VALID and self._kinds[kind]:
                reasons[reason] += self._kinds[kind]
        return dict(sorted(reasons.items()))

    def frauds(self) -> list[dict[str, object]]:
        """The labels of the frauds that were sent."""
        return [
            {"order_id": order_id(number), "kind": Fraud(kind).name, "episode": episode}
            for number, kind, episode in self._frauds
        ]

    def expected(self, run: Mapping[str, object], complete: bool) -> dict[str, object]:
        """The content of the expected file. Amounts are decimal text, days are UTC."""
        return {
            "run": dict(run),
            "complete": complete,
            "messages": self.messages,
            "duplicates": self.duplicates,
            "unique_valid_orders": self.orders,
            "revenue": money(self.cents),
            "days": {
                _day(day): {"orders": self._day_orders[day], "revenue": money(cents)}
                for day, cents in sorted(self._day_cents.items())
            },
            "categories": {
                CATEGORIES[category]: {
                    "orders": self._category_orders[category],
                    "revenue": money(cents),
                }
                for category, cents in sorted(self._category_cents.items())
            },
            "defects": self.defects(),
            "dead_letters": self.dead_letters(),
            "frauds": self.frauds(),
        }


def encode_expected(content: Mapping[str, object]) -> bytes:
    """The bytes of the expected file."""
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()


def money(cents: int) -> str:
    """Exact decimal text with two places."""
    return f"{Decimal(cents).scaleb(-2):.2f}"


def _count(into: Counter[int], keys: Ints, values: Ints) -> None:
    # Whole numbers throughout: numpy's own weighted count would sum floats.
    distinct, which = np.unique(keys, return_inverse=True)
    sums = np.zeros(len(distinct), "i8")
    np.add.at(sums, which, values)
    for key, total in zip(distinct.tolist(), sums.tolist(), strict=True):
        into[key] += total


def _day(day: int) -> str:
    return datetime.fromtimestamp(day * 86_400, UTC).date().isoformat()
