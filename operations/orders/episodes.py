"""Orders that belong together: frauds of five kinds, bursts, and newcomers who do no harm.

Episodes are planned before a run and come at times of their own, between the orders by habit.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from operations.orders.habits import choose_dishes, fill, set_versions
from operations.orders.kinds import Fraud, Kind
from operations.orders.places import CITIES
from operations.orders.rows import ORDER, Ints, Rows, chance
from operations.orders.settings import Options
from operations.orders.timeline import HOUR_MS, Timeline
from operations.orders.world import DISHES_PER_CHOICE, World

MINUTE_MS = 60_000
BURST = 15
BURST_MS = 15 * MINUTE_MS
VELOCITY = 8
SHARED = 6
HISTORY = 3  # orders at least before one of high value
FEWEST_ORDERS = 200  # of a run that has frauds or bursts at all
# Single-order frauds are the more frequent ones.
_TURNS = (
    Fraud.high_value,
    Fraud.velocity,
    Fraud.new_account,
    Fraud.impossible_travel,
    Fraud.shared_instrument,
    Fraud.high_value,
    Fraud.new_account,
    Fraud.high_value,
    Fraud.new_account,
    Fraud.impossible_travel,
)
_LABELLED = {
    Fraud.high_value: 1,
    Fraud.velocity: VELOCITY,
    Fraud.new_account: 1,
    Fraud.impossible_travel: 2,
    Fraud.shared_instrument: SHARED,
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """The frauds of a run, and about how many of its orders come in bursts."""

    frauds: tuple[Fraud, ...]
    burst_orders: int

    @property
    def new_accounts(self) -> int:
        """Accounts that are made for frauds, and twice as many honest newcomers."""
        return 3 * self.frauds.count(Fraud.new_account)


@dataclass(slots=True)
class Plan:
    """Rows by moment; payments with what is another's; when new accounts were registered."""

    rows: Rows
    # Instrument and customer of each shared payment; even instruments are cards, odd ones devices.
    shared: list[tuple[int, int]] = field(default_factory=list)
    registered: dict[int, int] = field(default_factory=dict)


def wanted(options: Options) -> Wanted:
    """The episodes that the rates ask for: at least one of each kind that is asked for at all."""
    if options.count < FEWEST_ORDERS:
        return Wanted((), 0)
    frauds: list[Fraud] = []
    labelled = 0
    while options.frauds and (
        len(frauds) < len(Fraud) - 1 or labelled < options.frauds * options.count
    ):
        frauds.append(_TURNS[len(frauds) % len(_TURNS)])
        labelled += _LABELLED[frauds[-1]]
    return Wanted(tuple(frauds), math.ceil(options.defects.bursts * options.count))


class Planner:
    """Makes the rows of all episodes of a run."""

    def __init__(self, options: Options, world: World, timeline: Timeline) -> None:
        self._options, self._world, self._timeline = options, world, timeline
        self._random = chance(options.seed, 3)
        self._plan = Plan(np.empty(0, ORDER))
        self._newcomer = world.established
        # Who orders much has a history that an odd order stands out from.
        by_activity = np.argsort(-world.activity[: world.established], kind="stable")
        self._regulars = self._random.permutation(by_activity[: max(6, world.established // 5)])
        self._next = 0

    def plan(self, episodes: Wanted) -> Plan:
        """All rows, in the order in which they are sent."""
        made: dict[Fraud, Callable[[], Rows]] = {
            Fraud.high_value: self._high_value,
            Fraud.velocity: self._velocity,
            Fraud.new_account: self._new_account,
            Fraud.impossible_travel: self._impossible_travel,
            Fraud.shared_instrument: self._shared_instrument,
        }
        parts: list[Rows] = [np.empty(0, ORDER)]
        for number, kind in enumerate(episodes.frauds, start=1):
            rows = made[kind]()
            rows["episode"] = np.where(rows["fraud"] > 0, number, 0)
            parts.append(rows)
            if kind is Fraud.new_account:
                parts += [self._honest_newcomer(), self._honest_newcomer()]
        parts += self._bursts(episodes.burst_orders)
        rows = np.concatenate(parts)
        self._plan.rows = rows[np.argsort(rows["moment"], kind="stable")]
        return self._plan

    def _high_value(self) -> Rows:
        """After orders as usual, so that there is a history to stand out from."""
        customer = self._one()
        rows = self._rows(customer, 1, 0)
        span = int(rows["moment"][0]) - self._timeline.start
        before = self._timeline.start + self._random.integers(0, max(1, span), HISTORY)
        usual = self._orders(np.resize(customer, HISTORY), np.sort(before))
        return np.concatenate([usual, self._lavish(rows, Fraud.high_value)])

    def _velocity(self) -> Rows:
        rows = self._rows(self._one(), VELOCITY, 2 * MINUTE_MS)
        rows["fraud"] = Fraud.velocity
        return rows

    def _new_account(self) -> Rows:
        rows = self._rows(self._registered(), 1, 0)
        self._register(rows)
        return self._lavish(rows, Fraud.new_account)

    def _honest_newcomer(self) -> Rows:
        rows = self._rows(self._registered(), 1, 0)
        self._register(rows)
        return rows

    def _impossible_travel(self) -> Rows:
        """At home, then within half an hour in two other cities; the first is no fraud."""
        rows = self._rows(self._one(), 3, 30 * MINUTE_MS)
        home = int(self._world.home[rows["customer"][0]])
        steps = self._random.choice(np.arange(1, len(CITIES)), 2, replace=False)
        cities = np.array([home, *((home + steps) % len(CITIES))])
        choose_dishes(self._world, self._random, rows, cities)
        rows["fraud"][1:] = Fraud.impossible_travel
        return rows

    def _shared_instrument(self) -> Rows:
        """One card or device that six customers pay from within an hour."""
        rows = self._rows(self._several(SHARED), SHARED, HOUR_MS)
        shared = self._plan.shared
        rows["payment"] = 2 * self._world.customers + len(shared) + np.arange(SHARED)
        shared += [(len(shared) // SHARED, int(customer)) for customer in rows["customer"]]
        rows["fraud"] = Fraud.shared_instrument
        return rows

    def _bursts(self, orders: int) -> Iterator[Rows]:
        """Households and offices that order again and again: load, no fraud.

        A run with no room for a quarter of an hour has more bursts of fewer orders, so that they
        are no denser than others.
        """
        size = max(2, min(BURST, BURST * self._timeline.room // BURST_MS))
        for _ in range(max(1, round(orders / size)) if orders else 0):
            rows = self._rows(self._one(), size, BURST_MS)
            rows["kind"] = Kind.burst
            yield rows

    def _rows(self, customers: Ints, count: int, lasts: int) -> Rows:
        """Orders of one customer, or of one each, spread over a time that the run has room for."""
        line = self._timeline
        lasts = min(lasts, line.room)
        starts = int(self._random.integers(line.span // 5, max(1, line.span - lasts) + 1))
        offsets = np.sort(self._random.integers(0, lasts + 1, count))
        moments = line.start + np.minimum(starts + offsets, line.span)
        return self._orders(np.resize(customers, count), moments)

    def _orders(self, customers: Ints, moments: Ints) -> Rows:
        rows = fill(self._world, self._random, moments, customers)
        progress = self._timeline.progress_at(moments)
        set_versions(self._random, rows, progress, self._options.versions)
        return rows

    def _lavish(self, rows: Rows, fraud: Fraud) -> Rows:
        """Many portions of the dearest dish of a choice, at the price in the menu."""
        dearest = rows["dish"] // DISHES_PER_CHOICE * DISHES_PER_CHOICE + DISHES_PER_CHOICE - 1
        rows["dish"] = dearest
        rows["price"] = self._world.list_price[dearest]
        rows["quantity"] = 1000 * self._random.integers(20, 45, len(rows))
        rows["fraud"] = fraud
        return rows

    def _one(self) -> Ints:
        return self._several(1)

    def _several(self, count: int) -> Ints:
        chosen = np.take(self._regulars, np.arange(self._next, self._next + count), mode="wrap")
        self._next += count
        return chosen

    def _registered(self) -> Ints:
        self._newcomer += 1
        return np.array([self._newcomer - 1])

    def _register(self, rows: Rows) -> None:
        ago = self._random.integers(10 * MINUTE_MS, 12 * HOUR_MS)
        self._plan.registered[int(rows["customer"][0])] = int(rows["moment"][0] - ago)
