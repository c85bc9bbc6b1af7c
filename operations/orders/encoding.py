"""Rows to messages. What recurs is encoded once per world; a row only joins the pieces."""

import json
from typing import NamedTuple

import numpy as np

from operations.orders.hostile import hostile_value
from operations.orders.kinds import Kind
from operations.orders.menus import CATEGORIES, NOTES
from operations.orders.places import CITIES
from operations.orders.rows import Random, Rows
from operations.orders.world import FIRST_USER, World

Header = tuple[str, bytes]


class Message(NamedTuple):
    """What goes to the broker; `moment` (ms since 1970) is when."""

    key: bytes | None
    value: bytes | None
    headers: list[Header]
    moment: int


class _Decimals(dict[int, str]):
    """Texts of numbers with so many decimals, made when first asked for."""

    def __init__(self, decimals: int, shortest: bool) -> None:
        super().__init__()
        self._unit, self._decimals, self._shortest = 10**decimals, decimals, shortest

    def __missing__(self, number: int) -> str:
        whole, rest = divmod(abs(number), self._unit)
        text = f"{'-' * (number < 0)}{whole}.{rest:0{self._decimals}d}"
        self[number] = text.rstrip("0").rstrip(".") if self._shortest else text
        return self[number]


PRICES = _Decimals(2, shortest=False)
QUANTITIES = _Decimals(3, shortest=True)
# Raw UTF-8 for odd indexes, escapes for even ones: both are JSON.
_NOTES = [json.dumps(note, ensure_ascii=index % 2 == 0) for index, note in enumerate(NOTES)]


_ENCODED = (
    *("version", "number", "customer", "dish", "place", "payment", "price", "quantity"),
    *("note", "kind", "moment", "absent"),
)


class Encoder:
    """Encodes the orders of one world; `shared` are payments with another's card or device."""

    def __init__(self, world: World, shared: list[tuple[int, int]]) -> None:
        users = range(FIRST_USER, FIRST_USER + world.customers)
        self._keys = [str(user).encode() for user in users]
        self._users = [f'"user_id":{user},' for user in users]
        self._dishes, self._no_dish = [], []
        for dish, restaurant in enumerate(world.dish_restaurant.tolist(), start=1):
            category = CATEGORIES[world.dish_category[dish - 1]]
            rest = f'"restaurant_id":{restaurant + 1},"category":"{category}",'
            self._dishes.append(f'"dish_id":{dish},{rest}')
            self._no_dish.append(rest)
        self._places = _places(world)
        self._payments = _payments(world, shared)
        home = [CITIES[city].region for city in world.home.tolist()]
        regions = [*home, *(city.region for city in CITIES)]
        made: dict[tuple[str, int], list[Header]] = {}
        self._headers = {
            version: [
                made.setdefault((region, version), _headers(region, version)) for region in regions
            ]
            for version in (1, 2, 3, 9)
        }

    def messages(self, rows: Rows, random: Random) -> list[Message]:
        """One message for each row, in their order."""
        times = np.datetime_as_string(rows["order_time"].astype("M8[ms]")).tolist()
        columns = (rows[name].tolist() for name in _ENCODED)
        made: list[Message] = []
        add, prices, quantities, headers = made.append, PRICES, QUANTITIES, self._headers
        for (
            version, number, customer, dish, place, payment, price, quantity, note, kind, moment,
            absent, time,
        ) in zip(*columns, times, strict=True):  # fmt: skip
            key: bytes | None = self._keys[customer]
            user, what = self._users[customer], self._dishes[dish]
            if kind == Kind.null_user_id:
                key, user = None, "" if absent else '"user_id":null,'
            elif kind == Kind.null_dish_id:
                what = ("" if absent else '"dish_id":null,') + self._no_dish[dish]
            said = f',"message":{_NOTES[note]}}}' if version > 1 else "}"
            value: bytes | None = (
                f'{{"schema_version":{version},"order_id":"o-{number:016x}",{user}{what}'
                f'"price":{prices[price]},"quantity":{quantities[quantity]},'
                f'"order_time":"{time}Z",{self._places[place]}{self._payments[payment]}{said}'
            ).encode()
            if kind >= Kind.not_json:
                value = hostile_value(Kind(kind), value or b"", random)
            add(Message(key, value, headers[version][place], moment))
        return made


def _headers(region: str, version: int) -> list[Header]:
    return [("region", region.encode()), ("schema-version", str(version).encode())]


def _places(world: World) -> list[str]:
    homes = zip(world.home.tolist(), world.latitude.tolist(), world.longitude.tolist(), strict=True)
    at_home = [
        f'"city":"{CITIES[city].name}","latitude":{latitude},"longitude":{longitude},'
        for city, latitude, longitude in homes
    ]
    return at_home + [
        f'"city":"{city.name}","latitude":{city.latitude},"longitude":{city.longitude},'
        for city in CITIES
    ]


def _payments(world: World, shared: list[tuple[int, int]]) -> list[str]:
    """Two for each customer, the usual one and cash; then the shared ones."""
    own: list[str] = []
    for customer in range(world.customers):
        method = "wallet" if customer % 4 == 0 else "card"
        own.append(_payment(method, f"c-{customer:08d}", f"d-{customer:08d}"))
        own.append(_payment("cash", None, f"d-{customer:08d}"))
    for instrument, customer in shared:
        card, device = f"c-{customer:08d}", f"d-{customer:08d}"
        if instrument % 2 == 0:
            card = f"c-x{instrument:07d}"
        else:
            device = f"d-x{instrument:07d}"
        own.append(_payment("card", card, device))
    return own


def _payment(method: str, card: str | None, device: str) -> str:
    card_id = "null" if card is None else f'"{card}"'
    return f'"payment_method":"{method}","card_id":{card_id},"device_id":"{device}"'
