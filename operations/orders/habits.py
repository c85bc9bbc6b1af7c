"""Orders as customers make them: who at that hour, what they like, where, how much."""

import numpy as np

from operations.orders.menus import CATEGORIES, FIRST_EMOJI, MENUS, NOTES
from operations.orders.rows import Floats, Ints, Random, Rows, blank
from operations.orders.timeline import DAY_MS, HOUR_MS
from operations.orders.world import (
    DISHES_PER_CHOICE,
    FAVOURITES,
    GROUPS,
    World,
    hours_by_group,
)

_BY_WEIGHT = np.array([MENUS[name][1] for name in CATEGORIES])


class Crowd:
    """Picks customers for moments, by how active they are and by their hours."""

    def __init__(self, world: World) -> None:
        self._sorted = np.argsort(world.group, kind="stable")
        self._reached = np.cumsum(world.activity[self._sorted])
        ends = np.searchsorted(world.group[self._sorted], np.arange(GROUPS), side="right")
        self._group_ends = np.append(0.0, self._reached)[ends]
        totals = np.diff(self._group_ends, prepend=0.0)
        by_hour = hours_by_group() * totals
        self.by_hour: Floats = by_hour.sum(axis=1)
        self._groups = np.cumsum(by_hour, axis=1) / self.by_hour[:, None]
        self._group_starts = self._group_ends - totals

    def at(self, random: Random, moments: Ints) -> Ints:
        """One customer for each moment."""
        hours = moments // HOUR_MS % 24
        drawn = random.random(len(moments))
        group = (self._groups[hours] <= drawn[:, None]).sum(axis=1).clip(max=GROUPS - 1)
        low, high = self._group_starts[group], self._group_ends[group]
        reached = low + random.random(len(moments)) * (high - low)
        found = np.searchsorted(self._reached, reached, side="right")
        customers: Ints = self._sorted[found.clip(max=len(self._sorted) - 1)]
        return customers


def fill(world: World, random: Random, moments: Ints, customers: Ints) -> Rows:
    """An order of each customer by habit, sent at that moment; ids and versions are left open."""
    rows = blank(len(moments))
    rows["moment"], rows["customer"] = moments, customers
    rows["order_time"] = moments - np.minimum(random.exponential(300, len(rows)), 2000).astype("i8")
    travels = _travels(customers, moments)
    cities = np.where(travels, world.away[customers], world.home[customers])
    choose_dishes(world, random, rows, cities)
    rows["quantity"] = 1000 * (1 + random.poisson(world.basket[customers])).clip(max=9)
    cash = world.pays_cash[customers] | (random.random(len(rows)) < 0.05)
    rows["payment"] = 2 * customers + cash
    noted = random.random(len(rows))
    # Every fourth order has a note; one in five of those is in emoji or from right to left.
    note = random.integers(1, FIRST_EMOJI, len(rows))
    odd = random.integers(FIRST_EMOJI, len(NOTES), len(rows))
    rows["note"] = np.where(noted < 0.75, 0, np.where(noted < 0.95, note, odd))
    return rows


def choose_dishes(world: World, random: Random, rows: Rows, cities: Ints) -> None:
    """Sets dish, price and place: what the customer likes, of those cities."""
    customers = rows["customer"]
    category = world.favourites[customers, random.integers(0, FAVOURITES, len(rows))]
    level = world.price_level[customers] + random.normal(0, 0.1, len(rows))
    place_in_menu = (level * DISHES_PER_CHOICE).astype("i8").clip(0, DISHES_PER_CHOICE - 1)
    rows["dish"] = (cities * len(CATEGORIES) + category) * DISHES_PER_CHOICE + place_in_menu
    listed = world.list_price[rows["dish"]]
    offer = random.random(len(rows)) < 0.1
    rows["price"] = np.where(offer, listed * 4 // 5, listed)
    at_home = cities == world.home[customers]
    rows["place"] = np.where(at_home, customers, world.customers + cities)


def set_versions(
    random: Random, rows: Rows, progress: Floats, shares: tuple[float, float, float]
) -> None:
    """Moves the schema version from 1 to 3 over a run, each change rolled out bit by bit.

    Version 3 sells some dishes by weight, in thousandths.
    """
    drawn = random.random(len(rows)) - 0.5
    version = np.ones(len(rows), "i1")
    for change in (shares[0], shares[0] + shares[1]):
        width = min(0.1, 2 * change, max(0.0, 2 * (1 - change)))
        version += progress + drawn * width > change
    weighed = random.random(len(rows)) < 0.5
    grams = random.integers(100, 3000, len(rows))
    coarse = random.integers(1, 12, len(rows)) * 250
    rows["version"] = version
    by_weight = (version == 3) & weighed & _BY_WEIGHT[categories(rows)]
    rows["quantity"] = np.where(by_weight, np.where(grams % 2, grams, coarse), rows["quantity"])


def categories(rows: Rows) -> Ints:
    """The category of each row's dish, by how dishes are sorted."""
    category: Ints = rows["dish"] // DISHES_PER_CHOICE
    return category % len(CATEGORIES)


def _travels(customers: Ints, moments: Ints) -> Ints:
    """Whether a customer is away on that day, which changes at 03:00 UTC: a day in 64."""
    days = (moments - 3 * HOUR_MS) // DAY_MS
    mixed = (customers.astype("u8") * np.uint64(2654435761)) ^ (
        days.astype("u8") * np.uint64(0x9E3779B97F4A7C15)
    )
    away: Ints = (mixed >> np.uint64(29)) % np.uint64(64) == 0
    return away
