"""Customers with habits, restaurants and their dishes: all that orders are drawn from."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from operations.orders.menus import CATEGORIES, MENUS
from operations.orders.places import CITIES
from operations.orders.rows import Floats, Ints, Random, chance
from operations.orders.timeline import DAY_MS

FIRST_USER = 1001
RESTAURANTS_PER_CUISINE = 2  # in each city
DISHES_PER_RESTAURANT = 8
DISHES_PER_CHOICE = RESTAURANTS_PER_CUISINE * DISHES_PER_RESTAURANT  # of a category in a city
FAVOURITES = 8  # slots; a category may fill several
# Hours of the customer's own day: weight of each by kind of day.
_DAYS = {
    "lunch": {11: 2, 12: 8, 13: 7, 14: 2, 19: 2, 20: 2},
    "dinner": {12: 1, 18: 4, 19: 8, 20: 8, 21: 5, 22: 2},
    "night": {20: 1, 21: 2, 22: 4, 23: 6, 0: 6, 1: 4, 2: 2},
    "office": {8: 4, 9: 3, 10: 2, 12: 6, 13: 4, 16: 2},
}
_DAY_SHARES = (0.25, 0.5, 0.1, 0.15)
_BUSIEST = 6.0  # 7 times the mean: every day, where others order once a week
OFFSETS = (0, 1, 2)
GROUPS = len(_DAYS) * len(OFFSETS)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Columns, one entry per customer, dish or restaurant. Prices are cents.

    Customers from `established` on are new accounts: nothing is drawn for them by habit. Dishes
    are sorted by city, category and price, the same number in each city and category.
    """

    established: int
    # Customers.
    home: Ints  # index into CITIES
    away: Ints  # the city that is travelled to
    latitude: Floats
    longitude: Floats
    group: Ints  # kind of day and time zone
    activity: Floats  # orders, relative to others
    favourites: Ints  # (customers, FAVOURITES)
    price_level: Floats  # 0 cheapest, 1 dearest
    basket: Floats  # mean portions less one
    pays_cash: NDArray[np.bool_]
    registered: Ints
    customer_changed: Ints
    # Dishes.
    dish_city: Ints
    dish_category: Ints
    dish_restaurant: Ints
    dish_name: Ints
    list_price: Ints
    dish_changed: Ints
    # Restaurants.
    opened: Ints

    @property
    def customers(self) -> int:
        """How many there are, new accounts included."""
        return len(self.home)


def build_world(seed: int, established: int, new_accounts: int, start: int) -> World:
    """The world of a seed as it is at `start` (ms since 1970)."""
    random = chance(seed, 1)
    count = established + new_accounts
    weights = np.array([city.weight for city in CITIES])
    home = random.choice(len(CITIES), count, p=weights / weights.sum())
    day = random.choice(len(_DAYS), count, p=_DAY_SHARES)
    offset = np.array([city.utc_offset for city in CITIES])[home]
    activity = np.minimum(0.2 + random.pareto(2.5, count), _BUSIEST)
    activity[established:] = 0
    registered = start - random.integers(30 * DAY_MS, 1000 * DAY_MS, count)
    lasting = random.integers(len(CATEGORIES), size=(count, FAVOURITES))
    lasting[:, : FAVOURITES // 2] = lasting[:, :1]
    return World(
        established=established,
        home=home,
        away=(home + random.integers(1, len(CITIES), count)) % len(CITIES),
        latitude=_near(random, home, 0),
        longitude=_near(random, home, 1),
        group=day * len(OFFSETS) + offset,
        activity=activity,
        favourites=lasting,
        price_level=random.beta(2, 2, count),
        basket=random.gamma(1.2, 0.5, count),
        pays_cash=random.random(count) < 0.1,
        registered=registered,
        customer_changed=registered,
        **_dishes(random, start),
    )


def _near(random: Random, home: Ints, axis: int) -> Floats:
    """Latitudes (axis 0) or longitudes within some kilometres of the cities' centres."""
    centres = np.array([(city.latitude, city.longitude) for city in CITIES])[:, axis]
    return np.round(centres[home] + random.normal(0, 0.025, len(home)), 5)


def _dishes(random: Random, start: int) -> dict[str, Ints]:
    choices = len(CITIES) * len(CATEGORIES)
    choice = np.repeat(np.arange(choices), DISHES_PER_CHOICE)
    usual = np.array([MENUS[name][0] for name in CATEGORIES])[choice % len(CATEGORIES)]
    prices = usual * random.lognormal(0, 0.3, len(choice))
    # Prices end in 0 or 5, as on a menu, and rise within a choice.
    ending = np.maximum(50, np.round(prices / 5) * 5).astype("i8")
    ordered = np.sort(ending.reshape(choices, DISHES_PER_CHOICE), axis=1).ravel()
    within = random.permuted(np.tile(np.arange(DISHES_PER_CHOICE), (choices, 1)), axis=1).ravel()
    opened = start - random.integers(90 * DAY_MS, 4000 * DAY_MS, choices * RESTAURANTS_PER_CUISINE)
    return {
        "dish_city": choice // len(CATEGORIES),
        "dish_category": choice % len(CATEGORIES),
        "dish_restaurant": choice * RESTAURANTS_PER_CUISINE + within // DISHES_PER_RESTAURANT,
        "dish_name": random.integers(5, size=len(choice)),
        "list_price": ordered,
        "dish_changed": np.full(len(choice), start - 30 * DAY_MS),
        "opened": opened,
    }


def changed(world: World, seed: int, moment: int) -> World:
    """The world after a change: one customer in a hundred has moved, a dish in fifty costs more."""
    random = chance(seed, 2)
    home, prices = world.home.copy(), world.list_price.copy()
    movers = random.choice(world.established, max(1, world.established // 100), replace=False)
    dishes = random.choice(len(prices), len(prices) // 50, replace=False)
    home[movers] = world.away[movers]
    away = np.where(home == world.away, world.home, world.away)
    latitude, longitude = world.latitude.copy(), world.longitude.copy()
    latitude[movers] = _near(random, home[movers], 0)
    longitude[movers] = _near(random, home[movers], 1)
    prices[dishes] = np.ceil(prices[dishes] * 1.1 / 5) * 5
    return replace(
        world,
        home=home,
        away=away,
        latitude=latitude,
        longitude=longitude,
        list_price=prices,
        customer_changed=_stamped(world.customer_changed, movers, moment),
        dish_changed=_stamped(world.dish_changed, dishes, moment),
    )


def _stamped(times: Ints, which: Ints, moment: int) -> Ints:
    stamped = times.copy()
    stamped[which] = moment
    return stamped


def hours_by_group() -> Floats:
    """Weight of each hour of the day, UTC, for each group: (24, GROUPS)."""
    weights = np.zeros((24, GROUPS))
    for day, hours in enumerate(_DAYS.values()):
        own = np.full(24, 0.1)
        own[list(hours)] = list(hours.values())
        for offset in OFFSETS:
            weights[:, day * len(OFFSETS) + offset] = np.roll(own / own.sum(), -offset)
    return weights
