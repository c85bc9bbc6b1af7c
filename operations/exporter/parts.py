"""The parts of the exporter over a warehouse and the folders of this machine."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing, suppress
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

    ``connect`` gives a new connection.
    """
    session = KeptSession(connect)
    asked: dict[str, Ask] = {
        "log": _log,
        "freshness": lambda cursor, _: tables.freshness(cursor),
        "quarantine": lambda cursor, _: tables.quarantine(cursor),
        "quality": lambda cursor, _: tables.quality(cursor),
        "close": tables.close,
        "deletion": tables.deletion,
    }
    found: dict[str, Read] = {
        name: partial(session.ask, ask, name in _MADE_BY_USE) for name, ask in asked.items()
    }
    if folder is not None:
        settings = Settings(landing=str(folder), checkpoints=str(checkpoints))
        found["landing"] = partial(landing, load_sources(PROJECT / "models"), settings)
    return found


class KeptSession:
    """One session for all parts and scrapes; one that broke is given up and opened anew."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._kept: Any = None

    def ask(self, ask: Ask, made_by_use: bool) -> Iterable[Sample]:
        """What a part asks for; nothing where its table is made by use and is not there yet."""
        known = self._kept is not None
        try:
            return self._asked(ask, made_by_use)
        except Exception:
            self._give_up()
            if not known:
                raise
        # It was kept from an earlier scrape: the warehouse may have ended it, or be another one.
        return self._asked(ask, made_by_use)

    def _asked(self, ask: Ask, made_by_use: bool) -> Iterable[Sample]:
        if self._kept is None:
            self._kept = self._connect()
        try:
            with closing(self._kept.cursor()) as cursor:
                return list(ask(cursor, datetime.now(UTC)))
        except Error as error:
            if made_by_use and missing_table(error):
                return []
            raise

    def _give_up(self) -> None:
        kept, self._kept = self._kept, None
        with suppress(Exception):
            kept.close()


def _log(cursor: Cursor, now: datetime) -> Iterable[Sample]:
    return log_figures(read_log(cursor, now), now)
