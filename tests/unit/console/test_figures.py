"""Charts hold what the frames hold, and say what is not known by an empty place."""

import datetime as dt
import math

import pandas as pd
import pytest

from operations.console import palette
from operations.console.figures import (
    against_baseline,
    bars_and_mean,
    by_severity,
    lines,
    ranked,
    stacked,
)
from operations.console.maps import STATES, lag_map, share_map

DAYS = [dt.date(2026, 1, 5), dt.date(2026, 1, 6)]


def tables(*rows: tuple[str, str, str, float | None, int]) -> pd.DataFrame:
    columns = ["source_name", "region", "layer", "lag_seconds", "waiting_count"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(slo_seconds=60, relation_name="silver.x")


def states(frame: pd.DataFrame) -> list[list[float | None]]:
    return [list(row) for row in lag_map(frame).data[0].z]


def test_the_table_furthest_behind_speaks_for_its_cell() -> None:
    frame = tables(
        ("p.audit", "us", "silver", 10, 0),
        ("p.audit", "us", "silver", 100, 0),
        ("p.audit", "us", "silver", None, 0),
    )
    assert states(frame) == [[1]]
    assert lag_map(frame).data[0].text[0][0] == "1m"
    assert lag_map(frame).data[0].customdata[0][0].startswith("1 min 40 s<br>")


def test_cells_tell_in_time_late_very_late_and_unknown_apart() -> None:
    frame = tables(
        ("p.a", "us", "bronze", 60, 0),
        ("p.a", "us", "silver", 61, 0),
        ("p.a", "us", "gold", 241, 0),
        ("p.a", "eu", "gold", None, 0),
        ("p.a", "ap", "gold", None, 3),
    )
    figure = lag_map(frame)
    assert figure.data[0].x[0] == ["bronze", "silver", "gold", "gold", "gold"]
    assert figure.data[0].x[1] == ["us", "us", "ap", "eu", "us"]
    assert states(frame) == [[0, 1, 2, 3, 2]]
    assert len(STATES) == 4


def test_a_place_without_a_table_stays_empty() -> None:
    frame = tables(("p.a", "us", "bronze", 1, 0), ("p.b", "eu", "bronze", 1, 0))
    assert states(frame) == [[0, None], [None, 0]]
    assert list(lag_map(frame).data[0].y) == ["b", "a"]


def test_a_source_is_as_complete_as_its_worst_region() -> None:
    frame = pd.DataFrame(
        {
            "hour": [1, 1, 2],
            "source": ["p.a", "p.a", "p.b"],
            "pct": [100.0, 40.0, 90.0],
        }
    )
    heat = share_map(frame, "hour", "source", "pct", "%").data[0]
    assert list(heat.y) == ["b", "a"]
    assert heat.z[1][0] == 40.0
    assert math.isnan(heat.z[0][0])


def test_bars_and_their_mean_share_the_days() -> None:
    frame = pd.DataFrame({"day": DAYS, "cost": [4.0, 6.0], "mean": [4.0, 5.0]})
    bars, mean = bars_and_mean(frame, "day", "cost", "mean", "USD").data
    assert list(bars.y) == [4.0, 6.0]
    assert list(mean.y) == [4.0, 5.0]
    assert list(bars.x) == list(mean.x)


@pytest.mark.parametrize(("count", "named"), [(1, 1), (8, 8), (9, None)])
def test_no_day_stands_twice_on_the_axis(count: int, named: int | None) -> None:
    days = pd.date_range("2026-01-01", periods=count).date
    frame = pd.DataFrame({"day": days, "cost": 4.0, "mean": 4.0})
    ticks = bars_and_mean(frame, "day", "cost", "mean", "USD").layout.xaxis.tickvals
    assert (ticks and list(ticks)) == (named and list(days))


def test_the_longest_bar_stands_on_top_and_the_rest_is_left_out() -> None:
    frame = pd.DataFrame({"team": [f"t{n}" for n in range(20)], "cost": range(20)})
    bars = ranked(frame, "team", "cost", "USD", most=3).data[0]
    assert list(bars.y) == ["t17", "t18", "t19"]


def test_long_names_are_cut_on_the_axis_and_whole_when_pointed_at() -> None:
    name = "a value of a tag that is much longer than its column"
    bars = ranked(pd.DataFrame({"tag": [name], "cost": [1.0]}), "tag", "cost", "USD").data[0]
    assert len(bars.y[0]) < len(name)
    assert bars.customdata[0] == name


def test_parts_that_never_occur_have_no_entry_in_the_legend() -> None:
    frame = pd.DataFrame({"day": DAYS, "ok": [1, 2], "failed": [0, 0]})
    figure = stacked(frame, "day", {"ok": ("fine", "#000"), "failed": ("failed", "#fff")})
    assert [part.name for part in figure.data] == ["fine"]


def test_the_axis_of_a_single_moment_is_one_of_hours() -> None:
    at = pd.Timestamp("2026-01-01 11:00")
    frame = pd.DataFrame({"at": [at], "lag": [40.0], "layer": ["gold"]})
    first, last = lines(frame, "at", "lag", "layer", "seconds").layout.xaxis.range
    assert (first, last) == (at - pd.Timedelta(hours=1), at + pd.Timedelta(hours=1))


def test_severity_is_told_by_colour_and_by_shape() -> None:
    frame = pd.DataFrame(
        {"severity": ["HIGH", "MEDIUM"], "day": DAYS, "z": [8.0, -5.0], "what": ["a", "b"]}
    )
    figure = by_severity(frame, "day", "z", "what", "spreads off")
    assert {part.marker.symbol for part in figure.data} == {"triangle-up", "circle"}
    assert len({symbol for _, symbol in palette.SEVERITIES.values()}) == 3


def test_the_interval_of_a_model_reaches_from_low_to_high() -> None:
    frame = pd.DataFrame(
        {
            "model": ["churn"],
            "shop": [None],
            "metric_value": [0.8],
            "metric_low": [0.75],
            "metric_high": [0.9],
            "baseline_value": [0.7],
        }
    )
    model, rule = against_baseline(frame).data
    assert model.error_x.array[0] == 0.9 - 0.8
    assert model.error_x.arrayminus[0] == 0.8 - 0.75
    assert rule.x[0] == 0.7
    assert list(model.y) == ["churn"]
