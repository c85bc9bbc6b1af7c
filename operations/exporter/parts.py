"""The parts of the exporter over a warehouse and the folders of this machine."""

from collections.abc import Callable, Iterable, Mapping
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
from operations.exporter.landing import Landing
from operations.exporter.log import log_figures, read_log
from operations.queries import Cursor
from operations.refusals import missing_table
from operations.sessions import Sessions

Connect = Callable[[], Any]
Ask = Callable[[Cursor, datetime], Iterable[Sample]]
# Their tables are made by the first row: that there is none says that there is nothing to tell.
_MADE_BY_USE = {"deletion", "log"}


def parts(connect: Connect, folder: Path | None, checkpoints: Path) -> Mapping[str, Read]:
    """What is read, by part; without a landing folder of this machine nothing is said of landing.

    All parts share one session, which is kept. ``connect`` gives a new connection, when there is
    none yet or the engine of the kept one is gone.
    """
    sessions = Sessions(connect)
    asked: dict[str, Ask] = {
        "log": _log,
        "freshness": lambda cursor, _: tables.freshness(cursor),
        "quarantine": lambda cursor, _: tables.quarantine(cursor),
        "quality": lambda cursor, _: tables.quality(cursor),
        "close": tables.close,
        "deletion": tables.deletion,
    }
    found: dict[str, Read] = {
        name: partial(sessions.ask, partial(_answer, ask, name in _MADE_BY_USE))
        for name, ask in asked.items()
    }
    if folder is not None:
        settings = Settings(landing=str(folder), checkpoints=str(checkpoints))
        found["landing"] = Landing(load_sources(PROJECT / "models"), settings)
    return found


def _answer(ask: Ask, made_by_use: bool, cursor: Cursor) -> Iterable[Sample]:
    try:
        return list(ask(cursor, datetime.now(UTC)))
    except Error as error:
        if made_by_use and missing_table(error):
            return []
        raise


def _log(cursor: Cursor, now: datetime) -> Iterable[Sample]:
    return log_figures(read_log(cursor, now), now)
