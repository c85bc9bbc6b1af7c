"""One run from options to files: generate, assemble, deliver, and count what goes by."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from operations.simulator.assembly import Assembler, PlannedFile
from operations.simulator.audit import AuditGenerator
from operations.simulator.cluster_records import ClusterRecords
from operations.simulator.delivery import Delivery, EncodedFile, encode_file
from operations.simulator.expected import Outcome
from operations.simulator.histories import build_world
from operations.simulator.job_records import RunRecords
from operations.simulator.manifests import SectorLedger
from operations.simulator.prices import price_lines
from operations.simulator.records import GoodLine, UsageFact
from operations.simulator.schedule import Schedule
from operations.simulator.settings import (
    AUDIT,
    CLUSTER_EVENTS,
    CLUSTERS,
    JOB_RUNS,
    JOBS,
    METRICS,
    PHASES,
    PRICES,
    SPARK,
    TASK_RUNS,
    USAGE,
    WEBHOOKS,
    WORKSPACES,
    Options,
    Phase,
)
from operations.simulator.spark_log import SparkLogs
from operations.simulator.state_tables import StateTables
from operations.simulator.tally import Tally
from operations.simulator.usage import UsageGenerator
from operations.simulator.world import World

Progress = Callable[[int], None]
"""Called with the number of hours that are done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Books:
    """What is counted while files go by."""

    ledger: SectorLedger
    tallies: defaultdict[tuple[Phase, str], Tally] = field(
        default_factory=lambda: defaultdict(Tally)
    )
    facts: defaultdict[Phase, list[UsageFact]] = field(default_factory=lambda: defaultdict(list))
    parts: defaultdict[tuple[Phase, str], Counter[str]] = field(
        default_factory=lambda: defaultdict(Counter)
    )

    def enter(self, planned: PlannedFile, encoded: EncodedFile) -> None:
        self.tallies[planned.phase, planned.source].add(planned)
        if planned.source in (USAGE, AUDIT):
            self.ledger.add(planned, encoded)
        for line in planned.good:
            if isinstance(line.fact, UsageFact):
                self.facts[planned.phase].append(line.fact)
            elif line.fact is not None:
                self.parts[planned.phase, planned.source][line.fact.whole] += 1


class Producers:
    """Makes the files of every source, hour by hour."""

    def __init__(self, world: World) -> None:
        self.schedule = Schedule(world)
        self._regions = world.options.regions
        state, runs = StateTables(self.schedule), RunRecords(self.schedule)
        clusters = ClusterRecords(self.schedule)
        self._lines: dict[str, Callable[[str, datetime], list[GoodLine]]] = {
            WORKSPACES: state.workspace_lines,
            JOBS: state.job_lines,
            CLUSTERS: state.cluster_lines,
            USAGE: UsageGenerator(self.schedule).lines,
            AUDIT: AuditGenerator(world).lines,
            JOB_RUNS: runs.run_lines,
            TASK_RUNS: runs.task_lines,
            WEBHOOKS: runs.webhook_lines,
            CLUSTER_EVENTS: clusters.event_lines,
            METRICS: clusters.metric_lines,
        }
        self._assemblers = {
            source: Assembler(world.options, source) for source in (PRICES, SPARK, *self._lines)
        }
        self._logs = SparkLogs(self.schedule)
        self._prices = price_lines(world)

    def files(self, hour: datetime) -> Iterator[PlannedFile]:
        """The files of an hour. Call it once for each hour, in order of time."""
        for number, (delivered_at, lines) in enumerate(self._prices, start=1):
            if delivered_at == hour:
                yield from self._assemblers[PRICES].files("global", hour, lines, first=number)
        for source, lines_of in self._lines.items():
            for region in self._regions:
                yield from self._assemblers[source].files(region, hour, lines_of(region, hour))
        for region in self._regions:
            for name, lines in self._logs.files(region, hour):
                yield self._assemblers[SPARK].log_file(region, hour, name, lines)


def simulate_run(
    options: Options, phases: tuple[Phase, ...], delivery: Delivery, progress: Progress
) -> Outcome:
    """Writes the wanted deliveries of a run and returns what a correct bill must be.

    The whole run is always generated, so the outcome covers every delivery, written now or not.
    """
    world = build_world(options)
    producers = Producers(world)
    books = _Books(ledger=SectorLedger(options))
    held_back: list[EncodedFile] = []
    for done, hour in enumerate(options.hour_starts(), start=1):
        for planned in producers.files(hour):
            encoded = encode_file(planned)
            books.enter(planned, encoded)
            if planned.phase == "late" and "late" in phases:
                held_back.append(encoded)
            elif planned.phase == "on-time" and "on-time" in phases:
                delivery.put(encoded)
        progress(done)
    _deliver_manifests(books, held_back, phases, delivery)
    return Outcome(
        schedule=producers.schedule,
        ledger=books.ledger,
        tallies=books.tallies,
        facts=books.facts,
        parts=books.parts,
    )


def _deliver_manifests(
    books: _Books,
    held_back: Sequence[EncodedFile],
    phases: tuple[Phase, ...],
    delivery: Delivery,
) -> None:
    """Writes what each delivery ends with: the late files, and the manifests that speak of all."""
    for phase in PHASES:
        manifests = [(m, encode_file(m)) for m in books.ledger.manifest_files(phase)]
        for planned, encoded in manifests:
            books.enter(planned, encoded)
        # Data before the manifests that speak of it.
        due = [*(held_back if phase == "late" else ()), *(encoded for _, encoded in manifests)]
        for encoded in due if phase in phases else ():
            delivery.put(encoded)
