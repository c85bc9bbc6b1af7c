"""What the warehouse says when a question fails, as a sentence for the person who asked."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from databricks.sql.exc import Error

from warehouse.terminal import plain

_NOT_FOUND = re.compile(r"\[TABLE_OR_VIEW_NOT_FOUND\].*?`([\w`.]+)`", re.DOTALL)


def refusal_of(error: Error) -> str:
    """One sentence: the table that has to be built first, or the warehouse's own first line."""
    text = str(error.message or error)
    if found := _NOT_FOUND.search(text):
        return f"{found[1].replace('`', '')} has not been built: lakeledger run."
    return f"The warehouse did not answer: {plain(text.strip().splitlines()[0])}"


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
