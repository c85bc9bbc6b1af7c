"""Orders as their producer sends them."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any


@dataclass
class Message:
    """A value with the time at which the broker took it, and the reason it is a dead letter."""

    value: bytes | None
    taken_at: datetime
    reason: str | None = None


@dataclass
class Feed:
    """Makes orders; ``start`` is when the first one is taken."""

    start: datetime
    made: int = field(default=0)

    def order(
        self,
        at: float = 0.0,
        age: float = 1.0,
        reason: str | None = None,
        **changes: Any,
    ) -> Message:
        """An order taken ``at`` seconds after the start, ``age`` seconds old by then."""
        self.made += 1
        taken_at = self.start + timedelta(seconds=at)
        event: dict[str, Any] = {
            "schema_version": 1 + self.made % 3,
            "order_id": f"o-{self.made:016x}",
            "user_id": 1000 + self.made % 17,
            "dish_id": self.made % 40,
            "restaurant_id": 27,
            "category": ("pizza", "sushi", "kebab, spicy")[self.made % 3],
            "price": 10.35 + self.made % 7,
            "quantity": 1 + self.made % 3 if self.made % 5 else 0.125,
            "order_time": stamp(taken_at - timedelta(seconds=age)),
            "city": ("Lisbon", "São Paulo")[self.made % 2],
            "latitude": 38.72,
            "longitude": -9.14,
            "payment_method": "cash",
            "card_id": None,
            "device_id": "d-1",
        }
        event = {name: value for name, value in (event | changes).items() if value != ABSENT}
        return Message(json.dumps(event).encode(), taken_at, reason)

    def raw(self, value: bytes | None, reason: str, at: float = 0.0) -> Message:
        return Message(value, self.start + timedelta(seconds=at), reason)

    def dead_letters(self, at: float = 0.0) -> list[Message]:
        """One of each kind, at least."""
        whole = self.order(at).value or b""
        odd = {
            "no_value": [None],
            "empty_line": [b"", b" \r"],
            "invalid_utf8": [b"\xff\xfe\x00order", whole[:-1] + b',"message":"\xff"}'],
            "malformed_json": [
                *(b"[" + whole + b"]", whole[:40], b"42", b"null", b'"an order"'),
                *(whole + whole, whole + b"," + whole, whole + b" x", b"\xef\xbb\xbforder"),
            ],
            "duplicate_key:price": [whole[:-1] + b',"price":1}'],
            "number_out_of_range": [
                whole[:-1] + b',"quantity":1e99999}',
                whole.replace(b'"quantity"', b'"qu\\u0061ntity"').replace(
                    b'"price": ', b'"price": "1e-999999999", "was": '
                ),
            ],
        }
        made = [self.raw(value, reason, at) for reason, each in odd.items() for value in each]
        for name in ("schema_version", "order_id", "user_id", "dish_id", "price", "quantity"):
            for value in (None, ABSENT):
                made.append(self.order(at, reason=f"missing_key:{name}", **{name: value}))
        made += [
            self.order(at, reason="missing_key:order_id", order_id=""),
            self.order(at, reason="missing_key:order_time", order_time=None),
            self.order(at, reason="wrong_type:order_time", order_time="yesterday"),
            self.order(at, reason="wrong_type:price", price="much"),
            self.order(at, reason="wrong_type:latitude", latitude="north"),
            self.order(at, reason="unknown_schema_version", schema_version=4),
            self.order(at, reason="unknown_schema_version", schema_version=0),
            self.order(at, reason="price_not_positive", price=0),
            self.order(at, reason="price_not_positive", price=-1.5),
            self.order(at, reason="quantity_not_positive", quantity=-0.001),
            self.order(at, reason="order_time_too_old", order_time="2019-12-31T23:59:59Z"),
            self.order(at, reason="future_event_time", age=-86_402),
            self.order(at, reason="future_event_time", order_time="2100-01-01T00:00:00Z"),
        ]
        return made


ABSENT = object()


def stamp(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def recent_feed() -> Feed:
    """Orders of the last minutes."""
    now = datetime.now(UTC) - timedelta(minutes=15)
    return Feed(now.replace(second=0, microsecond=0))
