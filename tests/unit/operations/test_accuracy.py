"""The accuracy statement: the same tables give the same text, and it is complete."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from operations.accuracy.findings import TABLES, Findings, NotBuilt, Share, find_out
from operations.accuracy.statement import statement
from operations.dbt import PROJECT

FOUND = Findings(
    currency="USD",
    billed=Decimal(200),
    charged=Decimal(200),
    records=12,
    first_date="2026-01-05",
    last_hour="2026-01-06 00:00:00",
    unpriced=[("PREVIEW|X", "DBU", Decimal("1.50"))],
    versions=[("gold_billing.fct_usage_hourly", 7)],
    manifests=[Share(name="manifest", count=12, amount=Decimal(200))],
    sectors=[("billing_usage", 24, 23, 13, 12)],
    announced=[("billing_usage", "r1", "2026-01-05", None, 0, "not_announced")],
    derived=[
        Share(name="within", count=2, amount=Decimal(50)),
        Share(name="no_cluster", count=0, amount=Decimal(150)),
    ],
    derived_differences=[],
    invoices=[Share(name="differs", count=1, amount=Decimal(200))],
    invoice_differences=[
        ("2026-01", "JOBS", "AWS", Decimal(200), Decimal("198.5"), Decimal("1.5"), "differs")
    ],
)


def lines(findings: Findings) -> list[str]:
    return statement(findings, "1.2.3").splitlines()


def test_shares_are_of_the_whole_bill() -> None:
    text = lines(FOUND)
    assert "| derived, and within tolerance | 2 | 50.00 | 25.00 % |" in text
    assert any(line.endswith("| - | 150.00 | 75.00 % |") for line in text)


def test_what_is_unpriced_and_what_differs_is_listed() -> None:
    text = lines(FOUND)
    assert "| PREVIEW\\|X | 1.5 | DBU |" in text
    assert "| billing_usage | r1 | 2026-01-05 | - | 0 | not_announced |" in text
    differs = "another amount on the invoice"
    assert f"| 2026-01 | JOBS | AWS | 200.00 | 198.50 | 1.50 | {differs} |" in text


def test_nothing_compared_is_not_called_good() -> None:
    assert "No difference beyond the tolerance." in lines(FOUND)
    nothing = replace(FOUND, derived=[], invoices=[], invoice_differences=[])
    assert "No difference beyond the tolerance." not in lines(nothing)
    assert lines(nothing).count("Nothing could be compared.") == 2


def test_empty_bill_divides_by_nothing() -> None:
    text = statement(replace(FOUND, billed=Decimal(0), first_date=None), "1.2.3")
    assert "no usage yet" in text


def test_tables_that_are_not_there_are_named() -> None:
    class Nothing:
        def execute(self, operation: str) -> None:
            pass

        def fetchall(self) -> Sequence[Sequence[Any]]:
            return []

    with pytest.raises(NotBuilt, match=sorted(TABLES)[0]):
        find_out(Nothing())


def test_committed_statement_has_the_form_of_this_version() -> None:
    committed = (PROJECT / "docs" / "accuracy.md").read_text(encoding="utf-8").splitlines()
    skeleton = [line for line in lines(FOUND) if line.startswith(("#", "<!--", "How far"))]
    assert [line for line in committed if line.startswith(("#", "<!--", "How far"))] == skeleton
