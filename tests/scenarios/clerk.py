"""The people who close the months of an account, by the commands that they would type."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from operations.close import cli
from operations.close.desk import Desk
from operations.close.graph import Graph
from operations.platform_log import recorded_session
from tests.scenarios.account import Account

SEALED = "select to_json(struct(*)) as row from ledger.{} order by row"


@dataclass(frozen=True, slots=True)
class Clerk:
    """Closes months of an account, in one book."""

    account: Account
    book: str = "usage"

    def close(self, *arguments: str) -> tuple[int, str]:
        """A command of `lakeledger close`: its exit code and all that it says."""
        options = () if self.book == "usage" else ("--book", self.book)
        ended = CliRunner().invoke(cli.app, [*arguments, *options])
        if ended.exception is not None and not isinstance(ended.exception, SystemExit):
            raise ended.exception
        return ended.exit_code, ended.output

    def done(self, *arguments: str) -> str:
        code, said = self.close(*arguments)
        assert code == 0, said
        return said

    def refused(self, *arguments: str) -> str:
        code, said = self.close(*arguments)
        assert code == 1, said
        assert "Traceback" not in said
        return said

    def approved(self, period: str) -> None:
        """Soft closed by carol and approved by two others."""
        self.done("soft", "--period", period, "--by", "carol")
        for name in ("ann", "ben"):
            self.done("approve", "--period", period, "--by", name)

    def rows_of(self, *tables: str) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of tables of the ledger."""
        return {table: self.account.rows(SEALED.format(table)) for table in tables}


@contextmanager
def at_the_desk(account: Account) -> Iterator[None]:
    """Within it the commands work on the account."""

    @contextmanager
    def desk() -> Iterator[Desk]:
        with recorded_session(account.lakehouse.connection, "close") as log:
            yield Desk(
                log=log,
                graph=Graph.load(account.target / "manifest.json"),
                connection=account.lakehouse.connection,
                home=account.home,
                console=Console(highlight=False, width=80),
            )

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cli, "open_desk", desk)
        yield
