"""What clusters cost in DBUs: node-hours of an hour's stretches times the rate of the node type."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal

from operations.simulator.cluster_lives import ClusterLife
from operations.simulator.sizing import DBU_RATES
from operations.simulator.timeline import overlap

_DBU = Decimal(1).scaleb(-12)
_HOUR_MS = Decimal(3_600_000)
_MILLISECOND = timedelta(milliseconds=1)
# Rounds once, at the twelfth decimal.
_PRECISE = Context(prec=60, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """DBUs of the nodes of one type in an hour of a cluster: one usage record."""

    cluster_id: str
    node_type: str
    node_ms: int
    dbus: Decimal
    started: datetime
    ended: datetime


@dataclass(slots=True)
class ClusterHours:
    """Running time of all nodes of a cluster, and the DBUs charged for it."""

    node_ms: int = 0
    dbus: Decimal = Decimal(0)

    def add(self, charge: Charge) -> None:
        """Counts a charge in."""
        self.node_ms += charge.node_ms
        self.dbus += charge.dbus


def charges(life: ClusterLife, cloud: str, hour: datetime) -> list[Charge]:
    """The charges of a life in an hour; driver and workers share one where their types agree."""
    spans = [
        (span, stretch.workers)
        for stretch in life.stretches
        if (span := overlap(stretch.started, stretch.ended, hour))
    ]
    by_type: defaultdict[str, int] = defaultdict(int)
    for (begin, end), workers in spans:
        ms = (end - begin) // _MILLISECOND
        by_type[life.sizing.driver_node_type] += ms
        by_type[life.sizing.worker_node_type] += ms * workers
    return [
        Charge(
            cluster_id=life.cluster_id,
            node_type=node_type,
            node_ms=node_ms,
            dbus=dbus_of(node_ms, DBU_RATES[cloud][node_type]),
            started=spans[0][0][0],
            ended=spans[-1][0][1],
        )
        for node_type, node_ms in by_type.items()
        if node_ms
    ]


def dbus_of(node_ms: int, rate: Decimal) -> Decimal:
    """DBUs of so many node-milliseconds, to 12 decimals."""
    exact = _PRECISE.divide(_PRECISE.multiply(Decimal(node_ms), rate), _HOUR_MS)
    return exact.quantize(_DBU, context=_PRECISE)
