"""What a soak computes from what it saw."""

import json
import os
import threading
from datetime import UTC, datetime, timedelta
from hashlib import md5
from math import inf
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.benchmarks import soak
from tests.benchmarks.soak_feed import Feed, lines, stock
from tests.benchmarks.soak_plan import Plan, Sample, ages, next_rate, peaks
from tests.benchmarks.soak_probe import SILVER, Seen, lost, moves, reached
from tests.benchmarks.soak_report import Soak, as_json, highest, markdown
from tests.benchmarks.soak_rounds import Memory, Rounds, resident

PLAN = Plan(rate=100, seconds=600)
NOON = datetime(2026, 1, 9, 12, tzinfo=UTC)
MACHINE = {"system": "s", "cores": 2, "memory_gib": 1, "load_before": 0, "load_after": 0}


def seen(version: int, seconds: float = 10, count: int = 5) -> Seen:
    return Seen(count=count, landed_at=NOON, version=version, at=NOON + timedelta(seconds=seconds))


def soaked(rate: float, **changes: object) -> Soak:
    found = [ages(layer, [1.0, 2.0], 2) for layer in ("bronze", "silver", "gold")]
    given_ = {"lines": 9, "ages": found, "lost": 0, "rounds": {"silver": [3.0], "gold": []}}
    rest = {"plan": Plan(rate=rate, seconds=60), "failures": [], "samples": []}
    return Soak(**{**given_, **rest, **changes})  # type: ignore[arg-type]


def test_a_plan_lands_its_rate_and_six_times_that_in_bursts() -> None:
    """600 s at 100/s, two bursts of 30 s with five times as many besides."""
    assert PLAN.bursts() == ((200, 230), (400, 430))
    assert PLAN.due(200) == 20_000
    assert PLAN.due(201) - PLAN.due(200) == 600
    assert PLAN.due(600) == PLAN.due(10_000) == 60_000 + 2 * 30 * 500


@given(st.floats(0, 700), st.floats(0, 100), st.floats(1, 1000), st.floats(1, 10))
def test_what_is_due_never_falls(at: float, later: float, rate: float, burst: float) -> None:
    plan = Plan(rate=rate, seconds=600, burst=burst)
    assert 0 <= plan.due(at) <= plan.due(at + later)


def test_files_that_never_came_are_infinitely_old() -> None:
    found = ages("bronze", [1.0] * 98, 99)
    assert (found.p50, found.max, found.waiting) == (1.0, inf, 1)
    assert not found.held
    assert ages("bronze", [1.0] * 99 + [70.0], 100).held
    assert not ages("bronze", [1.0] * 98 + [60.0, 60.0], 100).held
    with pytest.raises(ValueError, match="2 ages of 1 files"):
        ages("bronze", [1.0, 2.0], 1)


def test_rates_double_while_they_hold_and_halve_until_they_do() -> None:
    assert next_rate({100: True}) == 200
    assert next_rate({100: True, 200: True}) == 400
    assert next_rate({100: False}) == 50
    assert next_rate({100: True, 200: False}) is None


def test_gold_has_a_file_when_its_cursor_has_passed_the_version() -> None:
    name = md5(SILVER.encode(), usedforsecurity=False).hexdigest()

    def move(hashed: str, version: int) -> str:
        return f"{{'properties': '{{\"lakeledger.cursor.{hashed}\":\"{version}\"}}'}}"

    history = [
        (NOON + timedelta(seconds=90), move(name, 7)),
        (NOON + timedelta(seconds=30), move(name, 4)),
        (NOON, move("0" * 32, 9)),
    ]
    taken = moves(history, SILVER)
    assert [version for version, _ in taken] == [4, 7]
    files = {"a": seen(3), "b": seen(5), "c": seen(8)}
    assert reached(files, taken) == {"a": 30, "b": 90}


def test_a_line_that_is_missing_or_twice_is_told() -> None:
    fed = {"a": 5, "b": 5, "c": 5}
    assert lost(fed, {"a": seen(1), "b": seen(1, count=6)}) == {"b": (5, 6), "c": (5, 0)}


def test_peaks_tell_bursts_from_the_rest() -> None:
    samples = [Sample(at=at, name="x", resident=size) for at, size in
               ((10, 5), (210, 9), (280, 8), (300, 6))]  # fmt: skip
    assert peaks(samples, PLAN) == {"x": (6, 9)}


def test_a_soak_holds_only_if_nothing_was_lost_and_no_round_failed() -> None:
    late = [ages("gold", [1000.0], 1)]
    soaks = [soaked(100), soaked(200, lost=1), soaked(300, failures=["x"]), soaked(400, ages=late)]
    assert [one.held for one in soaks] == [True, False, False, False]
    assert highest(soaks) == 100
    assert highest(soaks[1:]) is None


def test_results_are_json_and_a_page_even_where_files_never_came() -> None:
    one = soaked(100, ages=[ages("gold", [], 1)], samples=[Sample(at=1, name="x", resident=2**21)])
    record = json.loads(as_json([one], MACHINE))
    assert record["soaks"][0]["layers"][0]["max"] is None
    assert record["highest_rate_held"] is None
    page = markdown([one], MACHINE)
    assert "**No rate tried held**" in page
    assert "| 100/s, 1 min | gold | 1 | never | never | never | 0.0 % | **no** |" in page
    assert "| 100/s | x | 2 | 0 |" in page
    assert "**100 lines/s held**" in markdown([soaked(100)], MACHINE)


def test_a_feed_lands_each_line_once_in_whole_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.benchmarks.soak_feed.FILE_SECONDS", 0.05)
    for region in ("a", "b"):
        folder = tmp_path / "made" / "platform" / "audit_logs" / f"region={region}" / "date=1"
        folder.mkdir(parents=True)
        (folder / "f.json").write_text('{"requestId":"x","timestamp":1,"n":1}\n{"n":2}\n')
    plan = Plan(rate=200, seconds=0.5)
    feed = Feed(tmp_path / "landing", stock(tmp_path / "made"), plan, first=7)
    feed.run()
    landed = sorted((tmp_path / "landing").rglob("*.json"))
    assert {path.name for path in landed} == set(feed.files)
    assert not [path for path in landed if path.name.startswith(".")]
    events = [json.loads(line) for path in landed for line in path.read_text().splitlines()]
    assert len(events) == feed.landed == plan.due(1)
    assert len({event["requestId"] for event in events}) == len(events)


def test_events_are_of_this_moment_and_their_own() -> None:
    found = [json.loads(line) for line in lines([{"a": 1}, {"a": 2}], 3, 3, NOON.timestamp())]
    assert [event["a"] for event in found] == [2, 1, 2]
    assert {event["timestamp"] for event in found} == {int(NOON.timestamp() * 1000)}
    assert len({event["requestId"] for event in found}) == 3


def test_a_stock_without_events_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no events of audit_logs"):
        stock(tmp_path)


def test_a_round_that_is_at_work_ends_with_the_soak(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In place of dbt a process that would run for an hour."""
    monkeypatch.setattr("tests.benchmarks.soak_rounds.dbt_command", lambda _: ["sleep", "3600"])
    rounds = Rounds({}, tmp_path, title="silver", arguments=("build",))
    rounds.start()
    waiting = threading.Event()
    for _ in range(200):
        if rounds._process is not None:
            break
        waiting.wait(0.05)
    assert rounds._process is not None
    rounds.end()
    assert not rounds.is_alive()
    assert rounds._process.poll() is not None
    assert (rounds.seconds, rounds.failures) == ([], [])


def test_memory_is_that_of_the_process_and_none_of_one_that_is_gone() -> None:

    assert resident(os.getpid()) > 2**20
    assert resident(2**22 + 1) == 0
    assert Memory({}).samples == []


@pytest.mark.parametrize("arguments", [["--minutes", "0"], ["--rate", "x"], ["--burst", "-1"]])
def test_a_wrong_option_is_a_sentence(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        soak.parsed(arguments)
    assert "has to be a number above 0" in capsys.readouterr().err
