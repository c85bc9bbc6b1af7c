"""The history of figures, `quality.table_metrics`: what is known and what is added."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from operations.profiling.model import Last, Measured, Metric
from operations.queries import Cursor, insert, literal, rows, timestamp_literal, utc

_COLUMNS = (
    "measured_date, measured_at, run_id, table_name, layer, domain, metric, column_name, detail,"
    " value, row_count, table_version, is_carried"
)
# Every run leaves a measurement of every table: what is newest is never far back.
_DAYS_BACK = 7


@dataclass(frozen=True, slots=True)
class History:
    """The table of figures; ``relation`` as SQL names it."""

    cursor: Cursor
    relation: str

    def last(self) -> dict[str, Last]:
        """The newest measurement of each table, by name."""
        found = rows(
            self.cursor,
            f"""select table_name, max_by(table_version, measured_at),
                max_by(row_count, measured_at), max(measured_at)
            from {self.relation} where {self._lately} group by table_name""",
        )
        return {
            str(name): Last(version=int(version), row_count=int(count), measured_at=utc(at))
            for name, version, count, at in found
        }

    def add(self, measured: Sequence[Measured], now: datetime, run_id: str) -> None:
        """Adds the figures of tables that were asked."""
        insert(self.cursor, self.relation, _COLUMNS, list(_values(measured, now, run_id)))

    def carry(self, names: Sequence[str], now: datetime, run_id: str) -> None:
        """Adds the newest figures of tables that have not moved again, as old as they are now."""
        if not names:
            return
        listed = ", ".join(literal(name) for name in names)
        at = timestamp_literal(now)
        self.cursor.execute(
            f"""insert into {self.relation} ({_COLUMNS})
            select cast({at} as date), {at}, {literal(run_id)}, table_name, layer, domain, metric,
                column_name, detail,
                case metric
                    when 'age_seconds' then value + unix_seconds({at}) - unix_seconds(measured_at)
                    when 'added_rows' then 0
                    else value
                end,
                row_count, table_version, true
            from {self.relation}
            where {self._lately} and table_name in ({listed})
            qualify measured_at = max(measured_at) over (partition by table_name)"""
        )

    @property
    def _lately(self) -> str:
        newest = f"(select max(measured_date) from {self.relation})"
        return f"measured_date >= date_sub({newest}, {_DAYS_BACK})"


def _values(measured: Sequence[Measured], now: datetime, run_id: str) -> Iterator[str]:
    at = timestamp_literal(now)
    for one in measured:
        for metric in one.metrics:
            told = (
                f"cast({at} as date)",
                at,
                *map(literal, (run_id, one.table.name, one.table.layer, one.table.domain)),
                *_told(metric),
                *map(str, (one.row_count, one.version, "false")),
            )
            yield f"({', '.join(told)})"


def _told(metric: Metric) -> Iterator[str]:
    yield literal(metric.metric)
    for text in (metric.column, metric.detail):
        yield "null" if text is None else literal(text)
    value = "null" if metric.value is None else f"{metric.value:f}"
    yield f"cast({value} as decimal(38,12))"
