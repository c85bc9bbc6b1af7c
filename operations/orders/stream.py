"""The messages of a run in the order in which they are sent, batch by batch."""

import heapq
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from operations.orders.defects import spoil
from operations.orders.encoding import Encoder, Message
from operations.orders.episodes import Planner, wanted
from operations.orders.habits import Crowd, fill, set_versions
from operations.orders.hostile import hostile_kinds, make_hostile
from operations.orders.kinds import Kind
from operations.orders.rows import Ints, Random, Rows, chance, log_uniform, order_numbers
from operations.orders.settings import Options
from operations.orders.timeline import Timeline, daily, steady
from operations.orders.world import build_world, changed

BATCH = 2048
DUPLICATE_AFTER_MS = (50, 600_000)


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages and the rows that they were made of, one to one."""

    messages: list[Message]
    rows: Rows


class OrderStream:
    """All messages of a run; the same options make the same bytes.

    `world` is the one that the next batch is drawn from; it changes once, halfway.
    """

    def __init__(self, options: Options) -> None:
        self._options = options
        episodes = wanted(options)
        start = round(options.start.timestamp() * 1000)
        world = build_world(options.seed, options.customers, episodes.new_accounts, start)
        self._crowd = Crowd(world)
        self._timeline = _timeline(options, start, self._crowd)
        self._plan = Planner(options, world, self._timeline).plan(episodes)
        registered = world.registered.copy()
        for customer, moment in self._plan.registered.items():
            registered[customer] = moment
        self.world = replace(world, registered=registered, customer_changed=registered)
        self._encoder = Encoder(self.world, self._plan.shared)
        self._by_habit = options.count - len(self._plan.rows)
        self._hostile = hostile_kinds(options)
        self._due: list[tuple[int, int, Message, Rows]] = []
        self._number_extras()

    @property
    def start(self) -> int:
        """The moment of the first order, ms since 1970."""
        return self._timeline.start

    @property
    def end(self) -> int:
        """The last moment."""
        return self._timeline.end

    def batches(self) -> Iterator[Batch]:
        """Each batch once, in the order in which they are to be sent."""
        size = _batch_size(self._options.rate)
        lows = range(0, self._by_habit, size)
        planned = sent_planned = sent_hostile = 0
        for number, low in enumerate(lows):
            random = chance(self._options.seed, 4, number)
            high = min(low + size, self._by_habit)
            if number and number == len(lows) // 2:
                self._change(low)
            rows = self._orders_by_habit(random, low, high)
            until = self._moment_of(high) if high < self._by_habit else math.inf
            planned = int(np.searchsorted(self._plan.rows["moment"], until))
            hostile = int(np.searchsorted(self._hostile_moments, until))
            parts = [
                rows,
                self._plan.rows[sent_planned:planned],
                self._hostile_rows(random, sent_hostile, hostile),
            ]
            sent_planned, sent_hostile = planned, hostile
            yield self._with_duplicates(random, np.concatenate(parts), until)

    def _orders_by_habit(self, random: Random, low: int, high: int) -> Rows:
        indexes = np.arange(low, high)
        # Along the curve each order has its own bit of chance; paced ones are evenly apart.
        within = random.random(high - low) if self._options.rate == 0 else 0.5
        progress = (indexes + within) / self._by_habit
        moments = self._timeline.moments(progress)
        rows = fill(self.world, random, moments, self._crowd.at(random, moments))
        rows["number"] = order_numbers(self._options.seed, indexes)
        set_versions(random, rows, progress, self._options.versions)
        spoil(random, rows, self._options.defects)
        return rows

    def _hostile_rows(self, random: Random, low: int, high: int) -> Rows:
        moments = self._hostile_moments[low:high]
        rows = fill(self.world, random, moments, self._crowd.at(random, moments))
        rows["number"] = self._hostile_numbers[low:high]
        make_hostile(rows, self._hostile[low:high])
        return rows

    def _with_duplicates(self, random: Random, rows: Rows, until: float) -> Batch:
        """The rows sorted and encoded, with the copies that are due; new copies are put aside."""
        rows = rows[np.argsort(rows["moment"], kind="stable")]
        messages = self._encoder.messages(rows, random)
        again = random.random(len(rows)) < self._options.defects.duplicates
        delays = log_uniform(random, *DUPLICATE_AFTER_MS, len(rows)).astype("i8")
        for index in np.flatnonzero(again & (rows["kind"] < Kind.not_json)).tolist():
            moment = min(messages[index].moment + int(delays[index]), self.end)
            copy = rows[index : index + 1].copy()
            copy["first"], copy["moment"] = False, moment
            entry = (moment, int(copy["number"][0]), messages[index]._replace(moment=moment), copy)
            heapq.heappush(self._due, entry)
        copies = []
        while self._due and self._due[0][0] < until:
            copies.append(heapq.heappop(self._due))
        if not copies:
            return Batch(messages, rows)
        messages += [copy[2] for copy in copies]
        rows = np.concatenate([rows, *(copy[3] for copy in copies)])
        order = np.argsort(rows["moment"], kind="stable")
        return Batch([messages[index] for index in order.tolist()], rows[order])

    def _number_extras(self) -> None:
        """Gives the planned and the hostile orders ids that follow those of the orders by habit."""
        seed, planned, hostile = self._options.seed, len(self._plan.rows), len(self._hostile)
        extras = order_numbers(seed, np.arange(self._by_habit, self._by_habit + planned + hostile))
        self._plan.rows["number"] = extras[:planned]
        self._hostile_numbers = extras[planned:]
        progress = (np.arange(hostile) + 0.5) / max(1, hostile)
        self._hostile_moments: Ints = self._timeline.moments(progress)

    def _moment_of(self, index: int) -> int:
        return int(self._timeline.moments(np.array([index / self._by_habit]))[0])

    def _change(self, index: int) -> None:
        self.world = changed(self.world, self._options.seed, self._moment_of(index))
        self._encoder = Encoder(self.world, self._plan.shared)


def _batch_size(rate: float) -> int:
    """About two seconds of a paced run, so that making a batch holds nothing up for long."""
    return BATCH if rate == 0 else min(BATCH, max(1, round(2 * rate)))


def _timeline(options: Options, start: int, crowd: Crowd) -> Timeline:
    span = max(1, round(options.seconds * 1000))
    return steady(start, span) if options.rate else daily(start, span, crowd.by_hour)
