"""Orders are closed by the code that closes usage: what differs is in the book alone."""

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from operations.close.books import BOOKS, ORDERS, Book, BookName
from operations.close.gates import blockers
from operations.close.graph import Graph, Node
from operations.close.hashing import content_query, records_query
from operations.close.model import Key, PeriodState, Seal
from operations.close.replay import as_it_was
from operations.close.report import print_states
from operations.close.writer import commit_seal
from tests.unit.close.samples import CONTENT, FEBRUARY_3RD, JANUARY, broken, event, facts

OF_ORDERS = Key("orders", JANUARY.period, ORDERS)
LEDGER = Path("macros/ledger.sql").read_text()


class Recorder:
    """A cursor that keeps what was executed."""

    def __init__(self) -> None:
        self.written: list[tuple[str, Mapping[str, Any]]] = []

    def execute(self, operation: str, parameters: Mapping[str, Any] | None = None) -> None:
        self.written.append((operation, parameters or {}))

    def fetchall(self) -> list[list[Any]]:
        return []


def ledger_columns(table: str) -> set[str]:
    """Columns that the project makes a table of the ledger with."""
    (found,) = re.findall(rf"macro {table.split('.')[1]}_columns.*?endmacro", LEDGER, re.DOTALL)
    return set(re.findall(r"^    (\w+) ", found, re.MULTILINE))


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.name)
def test_a_seal_fills_every_column_of_its_books_table(book: Book) -> None:
    cursor = Recorder()
    key = replace(JANUARY, book=book)
    sealed = Seal(
        key=key,
        seal_id="s",
        sealed_at=FEBRUARY_3RD,
        sealed_by="carol",
        approved_by=("ann", "ben"),
        content=CONTENT,
        records_hash="r",
        input_versions={"silver.stg": 7},
        price_version="p",
        git_revision="abc",
        read_through_at=FEBRUARY_3RD,
    )
    commit_seal(cursor, sealed)
    ((statement, values),) = cursor.written
    assert f"merge into {book.ledger_seals} as kept" in statement
    without_casts = re.sub(r"cast\((:\w+) as \w+(\([0-9, ]+\))?\)", r"\1", statement)
    named = re.findall(r" as (\w+)", without_casts.split(") as arrived")[0].split("select")[1])
    assert set(named) == ledger_columns(book.ledger_seals)
    assert set(re.findall(r":(\w+)", statement)) == values.keys()
    assert values["billed_cost"] == "3.5"


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.name)
def test_what_a_book_sums_stands_in_its_sealed_rows(book: Book) -> None:
    summed = {total.column for total in book.totals}
    assert summed | {book.day} <= ledger_columns(book.ledger_rows)
    query = content_query("rows", {"revenue": "decimal(38,2)"}, book)
    for total in book.totals:
        assert f"cast(coalesce(sum({total.column}), 0) as {total.type})" in query
    assert f"date_trunc('hour', {book.record_at})" in records_query("records", book)


def test_orders_are_told_with_their_own_options_and_gates() -> None:
    found = facts(
        event("soft_closed", "carol", key=OF_ORDERS),
        state="SOFT_CLOSED",
        breaks=(
            broken("region_not_heard", key=OF_ORDERS),
            broken("rejected_orders", key=OF_ORDERS),
        ),
    )
    found = replace(
        found, state=replace(found.state, key=OF_ORDERS), earlier_open=(JANUARY.period,)
    )
    lines = blockers(found, FEBRUARY_3RD)
    assert [line.gate for line in lines] == ["regions", "deliveries", "order", "approval"]
    assert "It has orders and is not closed" in lines[2].sentence
    assert "close approve --period 2026-01 --book orders --by WHO" in lines[3].sentence


def test_money_of_orders_is_shown_in_cents(capsys: pytest.CaptureFixture[str]) -> None:
    state = PeriodState(key=OF_ORDERS, state="OPEN", record_count=6, billed_cost=Decimal("1234.5"))
    print_states(Console(width=80, highlight=False), [state], ORDERS)
    shown = capsys.readouterr().out
    assert "Months of orders" in shown
    assert "1,234.50 " in f"{shown} "
    assert "1,234.500" not in shown


def test_the_same_month_of_two_books_is_not_the_same_key() -> None:
    assert replace(JANUARY, book=ORDERS) != JANUARY
    assert BookName.orders.book is ORDERS
    assert [name.book for name in BookName] == list(BOOKS)


def orders_node(layer: str, name: str, *below: str, view: bool = False, code: str = "") -> Node:
    return Node(
        relation=f"`c`.`{layer}`.`{name}`",
        name=name,
        is_view=view,
        is_gold=layer.startswith("gold"),
        is_source=layer == "ledger",
        code=code or None,
        depends_on=below,
    )


GRAPH = Graph(
    {
        "orders": orders_node("silver", "stg_orders__orders"),
        "heard": orders_node("silver", "int_orders__region_watermarks", "orders"),
        "daily": orders_node(
            *("gold_billing", "fct_revenue_daily", "orders"),
            code="select 1 from `c`.`silver`.`stg_orders__orders`",
        ),
        "seals": orders_node("ledger", "revenue_seals"),
        "bill": orders_node(
            *("gold_billing", "fct_unsealed_revenue", "daily", "seals"),
            view=True,
            code="select * from `c`.`gold_billing`.`fct_revenue_daily`",
        ),
        "breaks": orders_node("gold_billing", "fct_revenue_breaks", "bill", "heard", view=True),
    }
)


def test_a_month_of_orders_waits_for_its_own_tables_and_keeps_their_versions() -> None:
    assert sorted(GRAPH.inputs(ORDERS)) == [
        "gold_billing.fct_revenue_daily",
        "ledger.revenue_seals",
        "silver.int_orders__region_watermarks",
        "silver.stg_orders__orders",
    ]
    assert sorted((reader.name, read.name) for reader, read in GRAPH.readers(ORDERS)) == [
        ("fct_revenue_daily", "stg_orders__orders"),
        ("int_orders__region_watermarks", "stg_orders__orders"),
    ]
    assert "stg_orders__orders` version as of 7" in as_it_was(
        GRAPH, "bill", {"silver.stg_orders__orders": 7}
    )
