"""What the streams tell about themselves, in Prometheus' format. Counters begin at zero."""

from collections.abc import Iterable, Iterator, Mapping
from threading import Lock
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from operations.streams.frames import LATENCY_STEP_MS, NAMES_SEPARATOR

_PREFIX = "lakeledger_orders"
_BOUNDS = (0.25, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 7.5, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0)
_BATCH_BOUNDS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0)
# Whoever sends ever new fields is not to fill the memory of those who count them.
_MOST_LABELS = 100
_OTHER = "other"


class Latencies(Collector):
    """A histogram to which many measurements are added at once."""

    def __init__(self, name: str, documentation: str, registry: CollectorRegistry) -> None:
        self._name, self._documentation, self._lock = name, documentation, Lock()
        self._counts = [0] * (len(_BOUNDS) + 1)
        self._sum = 0.0
        registry.register(self)

    def add(self, seconds: float, count: int) -> None:
        """Takes in so many measurements of the same length."""
        place = next((n for n, bound in enumerate(_BOUNDS) if seconds <= bound), len(_BOUNDS))
        with self._lock:
            self._counts[place] += count
            self._sum += seconds * count

    def collect(self) -> Iterable[Metric]:
        """The histogram as it stands."""
        with self._lock:
            counts, total = list(self._counts), self._sum
        buckets, below = [], 0
        for bound, count in zip((*map(str, _BOUNDS), "+Inf"), counts, strict=True):
            below += count
            buckets.append((bound, below))
        yield HistogramMetricFamily(
            self._name, self._documentation, buckets=buckets, sum_value=total
        )


class Metrics:
    """Every figure of the process; ``registry`` holds what is served."""

    def __init__(self) -> None:
        self.registry = own = CollectorRegistry()

        def counter(name: str, what: str, *labels: str) -> Counter:
            return Counter(f"{_PREFIX}_{name}", what, labels, registry=own)

        self.messages = counter("messages", "Messages read.")
        self.valid = counter("valid", "Valid messages, copies included.")
        self.invalid = counter("invalid", "Dead letters by reason.", "reason")
        self.duplicates = counter("duplicates", "Copies of an order seen before.")
        self.outliers = counter("outliers", "Valid orders at an unusual price.")
        self.unknown_fields = counter("unknown_fields", "Undeclared fields.", "field")
        self.versions = counter("schema_version", "Messages by schema version.", "version")
        self.late = counter("late", "Orders too late for their window.")
        self.points = counter("points", "Windows written to the hot store.")
        self.latency = Latencies(
            f"{_PREFIX}_latency_seconds", "From order_time to the hot store's word.", own
        )
        self.broker_latency = Latencies(
            f"{_PREFIX}_broker_latency_seconds", "From the broker to the hot store's word.", own
        )
        self.newest = Gauge(
            f"{_PREFIX}_last_message_timestamp_seconds",
            "When the broker took the newest message that was read.",
            registry=own,
        )
        self.backlog = Gauge(f"{_PREFIX}_backlog_messages", "Messages not read yet.", registry=own)
        self.batch_seconds = Histogram(
            "lakeledger_streams_batch_seconds",
            "Length of a micro-batch.",
            ["query"],
            buckets=_BATCH_BOUNDS,
            registry=own,
        )
        self._labels: dict[str, set[str]] = {}

    def take_messages(self, told: Any) -> None:
        """What a batch of messages tells: count, newest, reasons, versions, unknown_fields."""
        if not told.messages:
            return
        invalid = 0
        for reason, count in _counts(told.reasons):
            self.invalid.labels(self._label("reason", reason)).inc(count)
            invalid += count
        for names, count in _counts(told.unknown_fields):
            for name in str(names).split(NAMES_SEPARATOR):
                self.unknown_fields.labels(self._label("field", name)).inc(count)
        for version, count in _counts(told.versions):
            self.versions.labels(self._label("version", str(version))).inc(count)
        self.messages.inc(told.messages)
        self.valid.inc(told.messages - invalid)
        self.newest.set(max(told.newest / 1000, self.newest._value.get()))

    def take_latencies(self, told: Any, acknowledged: float) -> None:
        """Orders whose windows the hot store acknowledged at that time (epoch seconds)."""
        for histogram, moments in (
            (self.latency, told.order_moments),
            (self.broker_latency, told.broker_moments),
        ):
            for moment, count in _counts(moments):
                histogram.add(max(0.0, acknowledged - moment * LATENCY_STEP_MS / 1000), count)

    def take_firsts(self, valid: Any, firsts: Any) -> None:
        """Valid messages of a batch of totals, and the first ones of their order among them."""
        self.duplicates.inc(max(0, valid.messages - firsts.messages))
        self.late.inc(firsts.late)

    def counts(self) -> Mapping[str, float]:
        """Each counter's value, with its label where it has one: `invalid:no_value`."""
        found = {}
        for family in self.registry.collect():
            for sample in family.samples:
                if sample.name.endswith("_total"):
                    name = sample.name.removeprefix(f"{_PREFIX}_").removesuffix("_total")
                    found[":".join((name, *sample.labels.values()))] = sample.value
        return found

    def _label(self, kind: str, value: str) -> str:
        known = self._labels.setdefault(kind, set())
        if value in known:
            return value
        if len(known) >= _MOST_LABELS:
            return _OTHER
        known.add(value)
        return value


def _counts(items: Any) -> Iterator[tuple[Any, int]]:
    """Value and count of what approx_top_k found, without null."""
    return ((one["item"], one["count"]) for one in items or () if one["item"] is not None)
