"""What a replay is about: sources, regions, models, and the id that follows from them."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from operations.dbt import PROJECT
from operations.replay.desk import build_arguments
from operations.replay.estimate import Scope, check_regions
from operations.replay.progress import fingerprint, replay_id
from operations.replay.sources import ReplayedSource, declared_sources, find_sources
from operations.replay.window import ReplayRefused, Window

USAGE = ReplayedSource(
    name="billing_usage",
    bronze="`c`.`bronze_platform`.`billing_usage`",
    silver="`c`.`silver`.`stg_platform__billing_usage`",
    selector="source:platform.billing_usage",
    day="usage_date",
    is_billing=True,
)
WINDOW = Window.parse("2026-01-05", "2026-01-08")
SCOPE = Scope(sources=(USAGE,), regions=("r1",), window=WINDOW)


def test_nothing_built_is_told(tmp_path: Path) -> None:
    with pytest.raises(ReplayRefused, match="Nothing has been built"):
        declared_sources(tmp_path / "target" / "manifest.json")


def test_an_unknown_source_is_told_with_what_is_known() -> None:
    with pytest.raises(ReplayRefused, match="no source usage; there are: billing_usage"):
        find_sources([USAGE], ["usage"])


def test_a_source_that_is_named_twice_is_replayed_once() -> None:
    assert find_sources([USAGE], ["billing_usage", "billing_usage"]) == (USAGE,)


def test_a_region_without_files_is_told_with_those_that_have_some() -> None:
    with pytest.raises(ReplayRefused, match=r"from region r1 .* there is something of r2"):
        check_regions(SCOPE, ["r2"], "No files")
    check_regions(SCOPE, ["r1", "r2"], "No files")


def test_a_window_without_files_is_told() -> None:
    with pytest.raises(ReplayRefused, match=r"No files of billing_usage .* nothing to replay"):
        check_regions(SCOPE, [], "No files")


def test_dbt_is_told_by_a_var_that_works_without_this_command() -> None:
    arguments = build_arguments(SCOPE, WINDOW)
    assert json.loads(arguments[arguments.index("--vars") + 1]) == {
        "replay": {
            "sources": ["billing_usage"],
            "regions": ["r1"],
            "from": "2026-01-05 00:00",
            "to": "2026-01-08 00:00",
        }
    }
    assert arguments[:4] == [
        *("build", "--select", "source:platform.billing_usage+", "source:silver.quarantine+")
    ]


def test_models_below_those_that_are_asked_for_are_left_out() -> None:
    arguments = build_arguments(replace(SCOPE, down_to=("fct_usage_daily",)), WINDOW)
    assert "source:platform.billing_usage+,+fct_usage_daily" in arguments
    assert "source:platform.billing_usage+" not in arguments


def test_an_id_follows_from_what_is_replayed_and_by_which_models(tmp_path: Path) -> None:
    parts = list(WINDOW.parts(1))
    name = replay_id(SCOPE, parts, "a")
    assert replay_id(replace(SCOPE), list(WINDOW.parts(1)), "a") == name
    others = {
        replay_id(replace(SCOPE, regions=()), parts, "a"),
        replay_id(replace(SCOPE, down_to=("fct_usage_daily",)), parts, "a"),
        replay_id(SCOPE, list(WINDOW.parts(2)), "a"),
        replay_id(SCOPE, parts, "b"),
    }
    assert len(others) == 4
    assert name not in others


def test_another_model_is_another_fingerprint(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    model = tmp_path / "models" / "a.sql"
    model.write_text("select 1")
    before = fingerprint(tmp_path)
    assert fingerprint(tmp_path) == before
    model.write_text("select 2")
    assert fingerprint(tmp_path) != before
    assert len(fingerprint(PROJECT)) == 64
