"""Every figure that the exporter gives: its name, labels and meaning, in one place. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from prometheus_client.core import GaugeMetricFamily

PREFIX = "lakeledger_"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure without the prefix of its name; ``part`` is the part that reads it."""

    name: str
    part: str
    labels: tuple[str, ...]
    meaning: str

    @property
    def metric(self) -> str:
        """The name as Prometheus has it."""
        return PREFIX + self.name


@dataclass(frozen=True, slots=True)
class Sample:
    """A value of a figure; ``labels`` in the figure's own order."""

    name: str
    labels: tuple[str, ...]
    value: float


_FILE = ("source", "region")
_LAYER = ("source", "region", "layer")
# Nothing here is a counter: all is read off logs and tables that other processes write, over a
# window that moves. Hence gauges, and no _total.
FIGURES = (
    Figure("files_outstanding", "landing", _FILE, "Files that landed and are not taken yet."),
    Figure("outstanding_bytes", "landing", _FILE, "Their size as delivered."),
    Figure("lag_seconds", "landing", _FILE, "Age of the oldest of them; 0 while none waits."),
    Figure("newest_landed_timestamp_seconds", "landing", _FILE, "When the newest file landed."),
    Figure("newest_taken_timestamp_seconds", "landing", _FILE, "Landing of the newest file taken."),
    Figure("checkpoint_timestamp_seconds", "landing", ("source",), "When its newest batch ended."),
    Figure("checkpoint_readable", "landing", ("source",), "0: damaged, 1: as Spark writes it."),
    Figure("ingest_runs", "log", ("source", "status"), "Runs of the last day by how they ended."),
    Figure("ingest_failure_ratio", "log", ("source",), "Failed ones among those tried, 0 to 1."),
    Figure("ingest_batch_seconds", "log", ("source",), "How long its newest run took."),
    Figure("ingest_rows", "log", ("source",), "Rows that its runs of the last day added."),
    Figure("ingest_success_timestamp_seconds", "log", ("source",), "When a run last ended well."),
    Figure("breaker_state", "log", ("source", "state"), "1 for the state it is in, else 0."),
    Figure("command_runs", "log", ("command", "status"), "Runs of commands in the last day."),
    Figure("command_seconds", "log", ("command",), "How long the newest took, where it is told."),
    Figure("command_success_timestamp_seconds", "log", ("command",), "When one last ended well."),
    Figure("delta_write_conflicts", "log", ("component",), "Failures by a conflict, last day."),
    Figure("freshness_lag_seconds", "freshness", _LAYER, "Longest way of a newest file there."),
    Figure("freshness_slo_seconds", "freshness", ("layer",), "Service level of the layer."),
    Figure("freshness_waiting_files", "freshness", _LAYER, "Files that it has not read yet."),
    Figure(
        "freshness_within_slo_ratio", "freshness", _LAYER, "Share of the files in time, last day."
    ),
    Figure(
        "quarantine_rows", "quarantine", ("source",), "Rows rejected of what came in the last day."
    ),
    Figure("quarantine_ratio", "quality", ("source",), "Share of the newest day's rows, 0 to 1."),
    Figure("close_unclosed_periods", "close", (), "Months that are over and not closed."),
    Figure("close_overdue_seconds", "close", (), "Age of the end of the oldest of them, or 0."),
    Figure("close_blocking_breaks", "close", (), "Breaks that block the close of one of them."),
    Figure("deletion_requests_open", "deletion", (), "Requests that are not carried out yet."),
    Figure("deletion_requests_overdue", "deletion", (), "Those beyond their seven days."),
)
PARTS = tuple(dict.fromkeys(figure.part for figure in FIGURES))
# What the collector tells of itself.
OWN = (
    Figure("collector_success", "collector", ("part",), "Whether the part could be read."),
    Figure("collector_seconds", "collector", ("part",), "How long reading the part took."),
    Figure("collector_timestamp_seconds", "collector", (), "When the figures were read."),
)


def families(samples: Iterable[Sample]) -> Iterator[GaugeMetricFamily]:
    """The samples by figure, as Prometheus' client takes them; a figure without one is left out.

    Raises:
        KeyError: for a sample of a figure that is not in the catalogue.
    """
    known = {figure.name: figure for figure in (*FIGURES, *OWN)}
    made: dict[str, GaugeMetricFamily] = {}
    for sample in samples:
        figure = known[sample.name]
        family = made.get(figure.name) or GaugeMetricFamily(
            figure.metric, figure.meaning, labels=figure.labels
        )
        made[figure.name] = family
        family.add_metric(sample.labels, sample.value)
    yield from (made[figure.name] for figure in known.values() if figure.name in made)


def table() -> str:
    """The catalogue as a table for people (docs/observability.md)."""
    lines = ["| metric | labels | says | read from |", "|---|---|---|---|"]
    for figure in (*FIGURES, *OWN):
        labels = ", ".join(f"`{label}`" for label in figure.labels)
        lines.append(f"| `{figure.metric}` | {labels} | {figure.meaning} | {figure.part} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
