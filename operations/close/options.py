"""The options of the commands `lakeledger close …`."""

from typing import Annotated

import typer

from operations.close.books import BookName

FIRST_LINES = 5

PeriodOption = Annotated[str, typer.Option("--period", help="Month to close, as in 2026-01.")]
AnyPeriod = Annotated[str | None, typer.Option("--period", help="Only this month.")]
AccountOption = Annotated[
    str | None, typer.Option("--account", help="Only this account. Default: all of the month.")
]
By = Annotated[str, typer.Option("--by", help="Who does it: a name or address.")]
BookOption = Annotated[BookName, typer.Option("--book", help="What is closed.")]
AnyBook = Annotated[BookName | None, typer.Option("--book", help="Only this. Default: all.")]
First = Annotated[int, typer.Option("--first", min=1, help="Lines to show per gate.")]
