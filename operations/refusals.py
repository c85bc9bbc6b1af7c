"""What the warehouse says when a question fails, as a sentence for the person who asked."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from databricks.sql.exc import Error

from warehouse.terminal import plain

_NOT_FOUND = re.compile(r"\[TABLE_OR_VIEW_NOT_FOUND\].*?`([\w`.]+)`", re.DOTALL)


def missing_table(error: Error) -> str | None:
    """The table or view that a question names and that is not there; None of another error."""
    found = _NOT_FOUND.search(str(error.message or error))
    return found[1].replace("`", "") if found else None


def refusal_of(error: Error) -> str:
    """One sentence: the table that has to be built first, or the warehouse's own first line."""
    if table := missing_table(error):
        return f"{table} has not been built: lakeledger run."
    first_line = str(error.message or error).strip().splitlines()[0]
    return f"The warehouse did not answer: {plain(first_line)}"


@contextmanager
def explained(*mendable: type[Exception]) -> Iterator[None]:
    """Ends a command with a sentence where a user can mend what went wrong.

    The exit code is the error's own ``exit_code`` if it has one, else 1.
    """
    try:
        yield
    except mendable as error:
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(getattr(error, "exit_code", 1)) from error
    except Error as error:
        typer.echo(f"Error: {refusal_of(error)}", err=True)
        raise typer.Exit(1) from error
