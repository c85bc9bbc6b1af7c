"""What the marts say that watch the pipeline: one short statement a part."""

from collections.abc import Iterator
from datetime import datetime

from operations.close.periods import Period
from operations.exporter.catalogue import Sample
from operations.queries import Cursor, rows, utc

_FRESHNESS = """select source_name, region, layer, max(lag_seconds), max(slo_seconds),
    sum(waiting_count), sum(file_count * within_slo_pct) / (100 * sum(file_count))
from gold_operational.ops_freshness group by source_name, region, layer limit 5000"""
_QUARANTINE = """select source, sum(coalesce(copies, 1)) from silver.quarantine
where ingested_at >= timestampadd(day, -1, current_timestamp()) group by source limit 500"""
_QUALITY = """select source_name, 1 - max_by(good_share, landed_date)
from gold_operational.ops_quality_scores
where layer = 'silver' and good_share is not null
    and landed_date >= (
        select date_sub(max(landed_date), 7) from gold_operational.ops_quality_scores
    )
group by source_name limit 500"""
_CLOSE = """select billing_period, sum(open_break_count) from gold_billing.fct_period_states
where period_state <> 'CLOSED' group by billing_period limit 500"""
_DELETION = """select due_at from operations.deletion_requests
where purged_at is null limit 10000"""


def freshness(cursor: Cursor) -> Iterator[Sample]:
    """How far each layer is behind what landed, over its tables."""
    levels: dict[str, float] = {}
    for source, region, layer, lag, level, waiting, within in rows(cursor, _FRESHNESS):
        labels = (str(source), str(region), str(layer))
        levels[labels[2]] = float(level)
        if lag is not None:
            yield Sample("freshness_lag_seconds", labels, float(lag))
        yield Sample("freshness_waiting_files", labels, float(waiting))
        if within is not None:
            yield Sample("freshness_within_slo_ratio", labels, float(within))
    for layer, level in levels.items():
        yield Sample("freshness_slo_seconds", (layer,), level)


def quarantine(cursor: Cursor) -> Iterator[Sample]:
    """Rows that were rejected of what reached bronze in the last day."""
    for source, count in rows(cursor, _QUARANTINE):
        yield Sample("quarantine_rows", (str(source),), float(count))


def quality(cursor: Cursor) -> Iterator[Sample]:
    """Share of rejected rows of each source's newest day."""
    for source, ratio in rows(cursor, _QUALITY):
        yield Sample("quarantine_ratio", (str(source),), float(ratio))


def close(cursor: Cursor, now: datetime) -> Iterator[Sample]:
    """Months that are over, by UTC, and not closed."""
    ends = {Period.parse(str(period)).end: int(breaks) for period, breaks in rows(cursor, _CLOSE)}
    over = {end: breaks for end, breaks in ends.items() if end <= now}
    yield Sample("close_unclosed_periods", (), len(over))
    overdue = (now - min(over)).total_seconds() if over else 0.0
    yield Sample("close_overdue_seconds", (), overdue)
    yield Sample("close_blocking_breaks", (), sum(over.values()))


def deletion(cursor: Cursor, now: datetime) -> Iterator[Sample]:
    """Requests to forget somebody that are open, and those that should be done."""
    due = [utc(row[0]) for row in rows(cursor, _DELETION)]
    yield Sample("deletion_requests_open", (), len(due))
    yield Sample("deletion_requests_overdue", (), sum(at < now for at in due))
