"""Where the commands of the close work: a connection and what the project is made of."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console

from operations.close.books import BOOKS, USAGE, Book, BookName
from operations.close.graph import Graph
from operations.close.model import Facts, PeriodState
from operations.close.periods import CloseRefused, Period
from operations.close.reader import gather, is_built, period_states
from operations.close.steps import choose
from operations.dbt import run_dbt
from operations.platform_log import Recorded, recorded_session
from operations.queries import Cursor, rows
from warehouse.connection import Connection
from warehouse.lifecycle import running_warehouse
from warehouse.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a command works with: the connection, the project's relations, the terminal, a book.

    ``log`` is the platform's, for what is done or refused.
    """

    log: Recorded
    graph: Graph
    connection: Connection
    home: Path
    console: Console
    book: Book = USAGE

    @property
    def cursor(self) -> Cursor:
        """The connection's, of which commits say who made them."""
        return self.log.cursor

    def books(self, asked: BookName | None) -> tuple["Desk", ...]:
        """The desk with the book that is asked for on it, or with each that has been built.

        Raises:
            CloseRefused: if nothing of it has been built.
        """
        asked_for = BOOKS if asked is None else (asked.book,)
        found = tuple(replace(self, book=book) for book in asked_for if is_built(self.cursor, book))
        if not found:
            names = " or ".join(book.name for book in asked_for)
            raise CloseRefused(f"Nothing of {names} has been built: lakeledger run.")
        return found

    def states(self) -> tuple[PeriodState, ...]:
        """Every period of the book."""
        return period_states(self.cursor, self.book)

    def facts(self, chosen: Sequence[PeriodState]) -> tuple[Facts, ...]:
        """What decides on the chosen periods."""
        return gather(self.cursor, self.graph, self.states(), chosen)

    def chosen(self, period: str, account: str | None) -> tuple[PeriodState, ...]:
        """The periods that the user means."""
        return choose(self.states(), Period.parse(period), account, self.book)

    def compiled(self) -> Graph:
        """The project's relations with their queries, as a build of everything would run them."""
        target = self.home / "target-replay"
        run_dbt(
            ["compile", "--full-refresh", "--select", *self.graph.made_again(self.book)],
            warehouse=self.connection.dbt_environment(),
            target=target,
            log=self.home / "logs" / "dbt-compile.log",
        )
        return Graph.load(target / "manifest.json")


@contextmanager
def open_desk() -> Iterator[Desk]:
    """A desk at the warehouse of this home; starts the warehouse if it has to.

    Raises:
        CloseRefused: if nothing has been built there.
    """
    home = Settings.from_environment().home
    manifest = home / "target" / "manifest.json"
    with running_warehouse(home) as connection, recorded_session(connection, "close") as log:
        if not manifest.exists() or not rows(log.cursor, "show schemas like 'ledger'"):
            raise CloseRefused(f"Nothing has been built in {home}: lakeledger run.")
        yield Desk(
            log=log,
            graph=Graph.load(manifest),
            connection=connection,
            home=home,
            console=Console(highlight=False),
        )
