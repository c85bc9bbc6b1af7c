"""What a person sees of quality in a terminal of 100 columns."""

from datetime import date
from decimal import Decimal

from rich.console import Console

from operations.profiling.facts import Anomaly, Quality
from operations.profiling.model import Measured, Outcome, Table
from operations.profiling.show import show_anomalies, show_layers, show_outcome, show_worst

DAY = date(2026, 1, 5)
KNOWN = (Decimal("0.975"), Decimal(1), Decimal("0.9"), None, Decimal(1))


def console() -> Console:
    return Console(width=100, record=True, quiet=False, highlight=False)


def test_layers_with_what_is_known_and_what_is_not() -> None:
    shown = console()
    found = Quality("gold commerce", DAY, 7, Decimal("97.25"), KNOWN, "gold_billing.x 60.00")
    show_layers(shown, [found])
    text = shown.export_text()
    assert "Quality by layer and domain, 2026-01-05" in text
    (line,) = [line for line in text.splitlines() if "gold commerce" in line]
    assert line.split()[2:9] == ["7", "97.2", "0.975", "1.000", "0.900", "-", "1.000"]


def test_a_column_with_brackets_is_shown_as_it_is() -> None:
    shown = console()
    show_worst(shown, [Quality("a.b", DAY, 1, Decimal(60), KNOWN, "[red]: null in 50.00 %")])
    assert "[red]: null" in shown.export_text()


def test_nothing_wrong_is_said_in_a_sentence() -> None:
    shown = console()
    show_worst(shown, [])
    show_anomalies(shown, [], 7)
    assert shown.export_text().splitlines() == [
        "Every table that is measured has full marks.",
        "No anomaly in the last 7 days of any source.",
    ]


def test_anomalies_say_how_severe_they_are_and_why() -> None:
    shown = console()
    show_anomalies(shown, [Anomaly(DAY, "retail", "HIGH", "orders of retail were missing")], 7)
    (line,) = [line for line in shown.export_text().splitlines() if "HIGH" in line]
    assert "orders of retail were missing" in line


def test_a_table_that_could_not_be_asked_is_told() -> None:
    shown = console()
    table = Table(name="a.b", relation="a.b", layer="gold", domain="x", columns=("c",))
    measured = Measured(table=table, version=1, row_count=1_000, metrics=())
    show_outcome(shown, Outcome(measured=(measured,), unmoved=("c.d",), failed={"e.f": "away"}))
    lines = shown.export_text().splitlines()
    assert lines[0].startswith("1 tables measured, 1,000 rows; 1 have not moved")
    assert lines[-1] == "e.f could not be measured: away"
