"""Customers, dishes and restaurants as records, the way their systems deliver them: whole."""

import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from operations.orders.menus import CATEGORIES, FIRST_NAMES, HOUSES, LAST_NAMES, MENUS
from operations.orders.places import CITIES
from operations.orders.world import FIRST_USER, RESTAURANTS_PER_CUISINE, World

Record = dict[str, Any]
DIMENSIONS = ("customers", "dishes", "restaurants")


def dimension(world: World, name: str, moment: int) -> Iterator[Record]:
    """All records of a dimension as of `moment` (ms since 1970)."""
    makers = {"customers": _customers, "dishes": _dishes, "restaurants": _restaurants}
    return makers[name](world, moment)


def timestamp(moment: int) -> str:
    """ISO 8601, UTC, with milliseconds."""
    return datetime.fromtimestamp(moment / 1000, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def _customers(world: World, moment: int) -> Iterator[Record]:
    """Who is registered by then."""
    columns = (world.home, world.latitude, world.longitude, world.registered)
    rows = zip(*(c.tolist() for c in (*columns, world.customer_changed)), strict=True)
    for index, (home, latitude, longitude, registered, changed) in enumerate(rows):
        if registered > moment:
            continue
        first = FIRST_NAMES[index * 7 % len(FIRST_NAMES)]
        last = LAST_NAMES[index // len(FIRST_NAMES) % len(LAST_NAMES)]
        user = FIRST_USER + index
        yield {
            "user_id": user,
            "name": f"{first} {last}",
            "email": f"{_ascii(first)}.{_ascii(last)}.{user}@example.com",
            "city": CITIES[home].name,
            "latitude": latitude,
            "longitude": longitude,
            "registered_at": timestamp(registered),
            "updated_at": timestamp(changed),
        }


def _dishes(world: World, _: int) -> Iterator[Record]:
    columns = (world.dish_restaurant, world.dish_category, world.dish_name, world.list_price)
    rows = zip(*(c.tolist() for c in (*columns, world.dish_changed)), strict=True)
    for index, (restaurant, category, name, price, changed) in enumerate(rows):
        yield {
            "dish_id": index + 1,
            "restaurant_id": restaurant + 1,
            "name": MENUS[CATEGORIES[category]][2][name],
            "category": CATEGORIES[category],
            "list_price": price / 100,
            "updated_at": timestamp(changed),
        }


def _restaurants(world: World, _: int) -> Iterator[Record]:
    for index, opened in enumerate(world.opened.tolist()):
        choice = index // RESTAURANTS_PER_CUISINE
        city, cuisine = CITIES[choice // len(CATEGORIES)], CATEGORIES[choice % len(CATEGORIES)]
        house = HOUSES[index % len(HOUSES)]
        yield {
            "restaurant_id": index + 1,
            "name": f"{house} {LAST_NAMES[index * 11 % len(LAST_NAMES)]}",
            "city": city.name,
            "latitude": round(city.latitude + (index % 7 - 3) * 0.006, 5),
            "longitude": round(city.longitude + (index % 5 - 2) * 0.009, 5),
            "cuisine": cuisine,
            "opened_at": timestamp(opened),
            "updated_at": timestamp(opened),
        }


def _ascii(name: str) -> str:
    """Letters that an address takes."""
    spelled = name.lower().replace("\N{LATIN SMALL LETTER DOTLESS I}", "i").replace("ø", "o")
    return unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
