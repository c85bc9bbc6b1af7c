"""What becomes of measurements: bars, ratios, pages."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.benchmarks.figures import Figure, missed
from tests.benchmarks.growth import OF_LATE, READ, figures_of
from tests.benchmarks.page import as_json, baseline_of, key_of, page
from tests.benchmarks.peers import usage_of
from tests.benchmarks.plots import plot
from tests.benchmarks.rounds import Taken, interleaved
from tests.benchmarks.stage_silver import Node, window_of
from tests.benchmarks.usage import Usage, measured

RATIO = Figure(suite="bronze", name="ours", value=0.9, unit="times", against="floor", least=0.8)
WHERE = {
    "cores": 2, "memory_gib": 8, "heap": "2g", "system": "Linux", "load_before": 0, "load_after": 1
}  # fmt: skip


def usage(seconds: float, cpu: float = 1.0) -> Usage:
    return Usage(seconds=seconds, cpu=cpu, read=0, written=0, peak=7)


def test_a_bar_is_held_or_missed() -> None:
    low, high = replace(RATIO, value=0.79), replace(RATIO, least=None, most=0.5)
    assert missed([RATIO, low, high, replace(RATIO, least=None)]) == [low, high]
    assert (RATIO.bar, high.bar, replace(RATIO, least=None).bar) == ("≥ 0.8", "≤ 0.5", "")


def test_rounds_go_from_way_to_way_and_the_first_is_not_counted() -> None:
    done: list[str] = []

    def way(name: str, seconds: float) -> Usage:
        done.append(name)
        return usage(seconds * len(done), cpu=len(done))

    found = interleaved(
        {"a": lambda _: way("a", 1), "b": lambda _: way("b", 1)}, rounds=3, warm_ups=1
    )
    assert done == ["a", "b"] * 4
    assert [one.seconds for one in found["a"].usages] == [3, 5, 7]
    assert (found["b"].seconds, found["b"].cpu, found["b"].spread) == (6, 6, 4 / 6)


def test_work_is_measured_in_the_process_that_does_it() -> None:
    with measured(os.getpid()) as measure:
        block = bytes(os.urandom(64 * 1024 * 1024))
    taken = measure.taken
    assert 0 < taken.cpu <= taken.seconds * 4 + 0.05
    assert taken.peak > len(block)


def test_an_unfinished_measure_is_refused() -> None:
    with measured() as measure, pytest.raises(ValueError, match="not ended"):
        _ = measure.taken


def test_growth_is_the_longest_history_over_the_shortest() -> None:
    layers = ("bronze", "silver", "ledger", "gold", "textbook merge", READ)
    found = {
        days: {
            layer + suffix: [seconds, seconds, 100.0]
            for layer in layers
            for suffix in ("", OF_LATE)
        }
        for days, seconds in ((1, 2.0), (50, 9.0), (200, 3.0))
    }
    found[200]["textbook merge"] = [9.0]
    figures = {(one.name, one.against): one for one in figures_of(found)}
    grown = figures["silver", "history of 1 days (200 days)"]
    assert (grown.value, grown.most, grown.holds) == (1.5, 1.25, False)
    assert figures["silver" + OF_LATE, "history of 1 days (200 days)"].holds
    assert figures["textbook merge", "silver, 200 days"].value == 3.0


def test_a_node_says_which_versions_it_has_read() -> None:
    other = '/* read {"input": "silver.other", "since": 1, "to": 9, "replayed": false} */'
    read = '/* read {"input": "bronze_platform.audit_logs", "since": 3, "to": 5} */'
    assert window_of(Node(name="n", seconds=1, sql=f"select 1 {other} {read}")) == (3, 5)
    with pytest.raises(ValueError, match="does not say"):
        window_of(Node(name="n", seconds=1, sql=f"select 1 {other}"))


def test_the_page_names_what_is_missed() -> None:
    text = page([RATIO, replace(RATIO, name="theirs", value=0.123456, spread=0.25)], WHERE, "quick")
    assert "### bronze" in text
    assert "| ours | floor | 0.9 | times |  | ≥ 0.8 |" in text
    assert "| theirs | floor | 0.123 | times | 25% | ≥ 0.8 **missed** |" in text


def test_results_are_kept_for_programs_and_for_the_next_run(tmp_path: Path) -> None:
    record = json.loads(as_json([RATIO], WHERE, "quick"))["figures"][0]
    assert (record["value"], record["holds"]) == (0.9, True)
    path = tmp_path / "baseline.json"
    assert baseline_of(path) == {}
    path.write_text(json.dumps({key_of(RATIO): 0.5}))
    assert baseline_of(path)[key_of(RATIO)] == 0.5


def test_pictures_are_the_same_for_the_same_figures(tmp_path: Path) -> None:
    rates = [replace(RATIO, unit="events/s/core", value=value) for value in (1.0, 2.0)]
    for name in ("one", "two"):
        plot(rates, {}, tmp_path / name)
    drawn = [(tmp_path / name / "rates-bronze.svg").read_bytes() for name in ("one", "two")]
    assert drawn[0] == drawn[1]
    assert b"<svg" in drawn[0]


def test_a_peer_says_what_it_took_in_its_last_line() -> None:
    taken = usage_of(["noise", '{"seconds": 2.5, "cpu": 3, "peak": 4096}'])
    assert taken == Usage(seconds=2.5, cpu=3, read=0, written=0, peak=4096)
    assert Taken((taken,)).spread == 0
