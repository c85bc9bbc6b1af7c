"""What a trace looks like: for people in 80 columns, for machines with every digit."""

import json
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from rich.console import Console

from operations.trace.bronze import BronzeLine
from operations.trace.corrections import group_corrections
from operations.trace.document import trace_document
from operations.trace.following import Trace, TracedLine
from operations.trace.marts import find_mart
from operations.trace.prices import PriceRow
from operations.trace.records import group_lines
from operations.trace.selection import Selection
from operations.trace.text import print_trace
from tests.unit.trace.samples import AT, row

PRICE = PriceRow(
    kind="negotiated",
    record_key="agreed",
    price=Decimal("0.15"),
    currency_code="USD",
    started_at=AT - timedelta(days=30),
    ended_at=None,
)
ROWS = [
    row("o", "10.5"),
    row("t", "-10.5", record_type="RETRACTION", ingested_at=AT + timedelta(days=1)),
    row("n", "7.25", record_type="RESTATEMENT", ingested_at=AT + timedelta(days=1)),
]


def trace(amount: str | None = "1.0875", quantity: str = "7.25") -> Trace:
    (line,) = group_lines(ROWS, "billed_price")
    bronze = {
        (record.record_key, record.source_file, record.ingested_at): BronzeLine(
            source="billing_usage",
            source_file=record.source_file,
            landed_at=AT,
            line_hash=f"hash of {record.name}",
        )
        for record in line.records
    }
    return Trace(
        selection=Selection(
            mart=find_mart("fct_usage_daily"),
            types={"usage_date": "date"},
            chosen={"usage_date": "2026-01-05"},
            rows=1,
            amount_column="billed_cost",
            currency="USD",
            amount=None if amount is None else Decimal(amount),
            quantities={"DBU": Decimal(quantity)},
        ),
        lines=[TracedLine(line=line, prices=[PRICE], entries=group_corrections(line.records))],
        bronze=bronze,
    )


def printed(shown: Trace, limit: int = 0) -> str:
    text = StringIO()
    print_trace(Console(file=text, width=80, highlight=False), shown, limit)
    return text.getvalue()


def test_everything_is_shown_from_amount_to_file() -> None:
    text = printed(trace())
    for said in (
        "billed_cost: 1.0875 USD",
        "7.25 DBU at 0.15 = 1.0875 USD",
        "negotiated price 0.15 from 2025-12-06 09:00 on, of the seed negotiated_prices",
        "  ORIGINAL o  10.5",
        "    RETRACTION t  -10.5",
        "    RESTATEMENT n  7.25",
        "line hash of o of [1]",
        "file:/landing/a.json",
        "The trace adds up to 1.0875: equal to the last decimal.",
    ):
        assert said in text
    assert max(map(len, text.splitlines())) <= 80


def test_limit_hides_records_and_never_changes_the_sum() -> None:
    text = printed(trace(), limit=1)
    assert "ORIGINAL o" in text
    assert "RETRACTION" not in text
    assert "2 more records" in text
    assert "adds up to 1.0875" in text


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (trace(amount="1.087500000000000001"), "the mart says 1.087500000000000001"),
        (trace(amount=None), "the mart says nothing"),
        (trace(quantity="7.26"), "the trace has 7.25 DBU, the mart 7.26 DBU"),
    ],
)
def test_last_decimal_counts(shown: Trace, said: str) -> None:
    assert not shown.is_equal
    assert said in " ".join(printed(shown).split())


def test_line_that_bronze_no_longer_has_is_said() -> None:
    whole = trace()
    lost = Trace(selection=whole.selection, lines=whole.lines, bronze={})
    assert lost.lost_records == 3
    assert "no longer in bronze" in printed(lost)
    assert lost.is_equal


def test_json_has_decimals_as_text_and_corrections_in_place() -> None:
    document = json.loads(trace_document(trace()))
    assert (document["amount"], document["trace_amount"]) == ("1.0875", "1.0875")
    assert (document["difference"], document["is_equal"]) == ("0", True)
    (line,) = document["lines"]
    (original,) = line["records"]
    assert [child["record_id"] for child in original["corrections"]] == ["t", "n"]
    assert original["line_hash"] == "hash of o"
    assert line["prices"][0]["kind"] == "negotiated"
