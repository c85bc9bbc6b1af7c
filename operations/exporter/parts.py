"""The parts of the exporter over a warehouse and the folders of this machine."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from databricks.sql.exc import Error

from ingestion.settings import Settings
from ingestion.sources import load_sources
from operations.dbt import PROJECT
from operations.exporter import tables
from operations.exporter.catalogue import Sample
from operations.exporter.collector import Read
from operations.exporter.landing import landing
from operations.exporter.log import log_figures, read_log
from operations.queries import Cursor
from operations.refusals import missing_table

Connect = Callable[[], Any]
Ask = Callable[[Cursor, datetime], Iterable[Sample]]
# Their tables are made by the first row: that there is none says that there is nothing to tell.
_MADE_BY_USE = {"deletion", "log"}


def parts(connect: Connect, folder: Path | None, checkpoints: Path) -> Mapping[str, Read]:
    """What is read, by part; without a landing folder of this machine nothing is said of landing.

    ``connect`` gives a new connection each time: one that broke is nobody's for long.
    """
    asked: dict[str, Ask] = {
        "log": _log,
        "freshness": lambda cursor, _: tables.freshness(cursor),
        "quarantine": lambda cursor, _: tables.quarantine(cursor),
        "quality": lambda cursor, _: tables.quality(cursor),
        "close": tables.close,
        "deletion": tables.deletion,
    }
    found: dict[str, Read] = {
        name: partial(_ask, connect, ask, name in _MADE_BY_USE) for name, ask in asked.items()
    }
    if folder is not None:
        settings = Settings(landing=str(folder), checkpoints=str(checkpoints))
        found["landing"] = partial(landing, load_sources(PROJECT / "models"), settings)
    return found


def _ask(connect: Connect, ask: Ask, made_by_use: bool) -> Iterable[Sample]:
    session: AbstractContextManager[Any] = closing(connect())
    with session as connection:
        try:
            return list(ask(connection.cursor(), datetime.now(UTC)))
        except Error as error:
            if made_by_use and missing_table(error):
                return []
            raise


def _log(cursor: Cursor, now: datetime) -> Iterable[Sample]:
    return log_figures(read_log(cursor, now), now)
