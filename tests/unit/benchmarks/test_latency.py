"""Percentiles and rounds, without a lakehouse."""

from pathlib import Path

import pytest

from tests.benchmarks.latency import Latency, orders, percentile, summary
from tests.benchmarks.report import BEGIN, END, Results, markdown, put_into


@pytest.mark.parametrize(
    ("share", "expected"), [(0.0, 1), (0.5, 20), (0.99, 40), (0.999, 40), (1.0, 40)]
)
def test_percentiles_are_values_that_were_measured(share: float, expected: float) -> None:
    assert percentile([float(value) for value in range(40, 0, -1)], share) == expected


def test_one_bad_run_of_a_thousand_is_not_hidden_before_the_last_percentile() -> None:
    values = [0.1] * 998 + [5.0, 6.0]
    assert percentile(values, 0.99) == 0.1
    assert percentile(values, 0.999) == 5.0


def test_nothing_measured_has_no_percentile() -> None:
    with pytest.raises(ValueError, match="nothing"):
        percentile([], 0.5)


def test_every_round_asks_every_panel_once_in_an_order_of_its_own() -> None:
    names = [f"panel {number}" for number in range(8)]
    found = orders(names, 5, seed=1)
    assert [sorted(order) for order in found] == [names] * 5
    assert len({tuple(order) for order in found}) > 1
    assert found == orders(names, 5, seed=1)


def results(*latencies: Latency) -> Results:
    return Results(
        scale="quick",
        profile="interactive",
        session={},
        rounds=2,
        tables={"fct_charges": 1000},
        latencies=latencies,
        machine={
            "cores": 2,
            "memory_gib": 8,
            "heap": "2g",
            "system": "Linux x86_64",
            "load_before": 0.0,
            "load_after": 1.0,
        },
    )


def test_a_panel_at_the_bar_misses_it_and_the_sum_of_all_is_no_panel() -> None:
    found = results(
        summary("quick one", 1, cold=9.0, warm=[0.1, 2.9]),
        summary("slow one", 1, cold=0.1, warm=[0.1, 3.0]),
        summary("all panels", 2, cold=9.0, warm=[0.1, 2.9, 0.1, 3.0]),
    )
    assert found.slow == ["slow one"]
    assert "| slow one | 1 | 0.10 | 0.10 | 3.00 | 3.00 | 3.00 |" in markdown(found)
    assert "| fct_charges | 1,000 |" in markdown(found)


def test_results_go_between_the_markers_and_nowhere_else(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"above\n{BEGIN}\nold\n{END}\nbelow\n")
    put_into(page, "new\n")
    put_into(page, "newer\n")
    assert page.read_text() == f"above\n{BEGIN}\n\nnewer\n\n{END}\nbelow\n"
    page.write_text("<!-- console: begin --><!-- console: end -->")
    put_into(page, "pages", "console")
    assert "pages" in page.read_text()
    page.write_text("no markers")
    with pytest.raises(ValueError, match="no place"):
        put_into(page, "new")
