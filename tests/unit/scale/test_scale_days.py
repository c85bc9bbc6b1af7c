"""Simulated days: what lands, what the layers make of it, the sizes found."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
import yaml

from ingestion.settings import Settings
from operations.cost.errors import BadInputs
from operations.cost.inputs import FILE, Figures, Scenario, read_scenarios
from operations.cost.model import cores
from operations.dbt import PROJECT
from operations.scale.arrivals import DAY, GROUPS, Arrivals, arrivals, held_back
from operations.scale.layers import Sizes, bronze, fresh_share, outcomes, silver
from operations.scale.plan import full_batch_seconds, plan, stream_share
from operations.scale.reading import INPUTS, SCENARIOS, checked, read_figures
from operations.scale.sizing import EVERY_EVENT, MOST_EVENTS, kept, least, needs
from tests.unit.bundle.bundle import load

F = read_figures(FILE, INPUTS)
ROOMY = Sizes(workers=8, silver_cores=256, gold_cores=128)


def scenario(name: str) -> Figures:
    (found,) = (one for one in read_scenarios(SCENARIOS) if one.name == name)
    return checked(F.changed(found.changes))


@cache
def day(name: str) -> Arrivals:
    return arrivals(scenario(name), 1)


USUAL, BURSTS, OUTAGE = "a day as usual", "six bursts", "us cut off for 3 hours"


@pytest.mark.parametrize("one", read_scenarios(SCENARIOS), ids=lambda one: one.name)
def test_a_day_has_the_mean_that_is_asked_for(one: Scenario) -> None:
    f = scenario(one.name)
    landed = arrivals(f, 3).landed.sum()
    assert landed / DAY == pytest.approx(f["events_per_second"] * (1 + f["late_share"]), rel=0.01)


def test_the_same_seed_gives_the_same_day() -> None:
    f = scenario(BURSTS)
    assert (arrivals(f, 1).landed == day(BURSTS).landed).all()
    assert (arrivals(f, 2).landed != day(BURSTS).landed).any()
    found = outcomes(f, arrivals(f, 1), ROOMY)
    assert found == outcomes(f, day(BURSTS), ROOMY)


def test_a_burst_is_six_times_the_mean() -> None:
    f = scenario(BURSTS).changed({"noise": 0})
    total = arrivals(f, 1).total
    assert total.max() == pytest.approx(6 * f["events_per_second"])
    assert (total > 5 * f["events_per_second"]).sum() > 5 * f["burst_seconds"]


def test_what_a_cut_off_group_held_back_lands_later() -> None:
    rate = np.full(DAY, 10.0)
    landed = held_back(rate, F.changed({"outage_hours": 2}))
    begin = int(F["outage_at_hour"] * 3600)
    assert landed.sum() == pytest.approx(rate.sum())
    assert not landed[begin : begin + 7200].any()
    catching_up = 7200 // (int(F["catch_up_factor"]) - 1)
    assert (landed[begin + 7200 : begin + 7200 + catching_up] == 60).all()
    assert landed[begin + 7201 + catching_up] == 10


@pytest.mark.parametrize("name", [USUAL, BURSTS, OUTAGE])
def test_more_cores_are_never_worse_by_more_than_an_empty_round(name: str) -> None:
    """A batch that ends earlier may leave just before a file lands: hence the round."""
    f, before = scenario(name), None
    slack = {"bronze": F["ingest_trigger_seconds"], "silver": 60.0, "gold": 300.0 + 60.0}
    for factor in (1, 2, 4):
        found = outcomes(f, day(name), Sizes(3 * factor, 128 * factor, 64 * factor))
        for layer, one in found.items():
            if before:
                assert one.max <= before[layer].max + slack[layer]
                assert one.p50 <= before[layer].p50 + slack[layer]
        before = found


def test_a_layer_that_is_too_small_is_always_busy() -> None:
    """8 cores of silver: what they served, and an empty round each, fill their time exactly."""
    f = scenario(USUAL)
    found = outcomes(f, day(USUAL), Sizes(1, 8, 64))
    assert found["bronze"].max < 60
    assert found["silver"].max > 24 * 3600
    shown = silver(f, bronze(f, day(USUAL), 1), 8)
    served = sum(float(group.counts[-1]) for group in shown)
    begins, ends = shown[0].begins, shown[0].ends
    each = cores(f).silver / f["events_per_second"] / (8 * f["utilization"])
    assert ends[-1] - begins[0] == pytest.approx(begins.size * 60 + served * each, rel=1e-6)


def test_layers_come_one_after_the_other() -> None:
    found = outcomes(scenario(USUAL), day(USUAL), ROOMY)
    assert found["bronze"].p50 < found["silver"].p50 < found["gold"].p50
    assert found["bronze"].max < found["silver"].max < found["gold"].max


def test_late_files_make_gold_read_earlier_days() -> None:
    f = scenario("late files of a week")
    late = outcomes(f, day("late files of a week"), ROOMY)
    spared = outcomes(f.changed({"late_days": 0}), day("late files of a week"), ROOMY)
    one_day = f["events_per_second"] * DAY
    reading = 7 * one_day / (f["scan_rate"] * ROOMY.gold_cores * f["utilization"])
    assert late["silver"] == spared["silver"]
    assert late["gold"].max > spared["gold"].max + 0.5 * reading


def test_the_sizes_found_hold_and_smaller_ones_do_not() -> None:
    f = scenario(USUAL)
    most, every = needs(f, day(USUAL))
    assert most.sizes is not None
    assert every.sizes is not None
    found = outcomes(f, day(USUAL), most.sizes)
    assert kept(f, found, MOST_EVENTS)
    assert kept(f, outcomes(f, day(USUAL), every.sizes), EVERY_EVENT)
    smaller = Sizes(most.sizes.workers, most.sizes.silver_cores - 8, most.sizes.gold_cores)
    assert not kept(f, outcomes(f, day(USUAL), smaller), MOST_EVENTS)


def test_the_share_that_is_fresh_agrees_with_the_percentile() -> None:
    f, shown = scenario(OUTAGE), bronze(scenario(OUTAGE), day(OUTAGE), 2)
    p99 = outcomes(f, day(OUTAGE), Sizes(2, 64, 64))["bronze"].p99
    assert fresh_share(day(OUTAGE), shown, p99) < 0.99
    assert fresh_share(day(OUTAGE), shown, p99 + 1e-6) >= 0.99


def test_least_finds_the_smallest_and_gives_up() -> None:
    for wanted in (1, 2, 3, 17, 64):
        assert least(lambda n, w=wanted: n >= w, 1, 64) == wanted  # type: ignore[misc]
    assert least(lambda n: n >= 41, 8, 64) == 48
    assert least(lambda n: n >= 65, 1, 64) is None


def test_the_plan_by_hand() -> None:
    """13 streams of a core second each, every 10 s, on 4 and 16 cores of which 0.7 work."""
    assert stream_share(F, 1) == pytest.approx(1.3 / 2.8)
    assert stream_share(F, 4) == pytest.approx(1.3 / 11.2)
    events = 13 * 10e9 / (12e12 / 40_000 / DAY)
    work = 13 + events * (12e12 / 40_000 / DAY / 1500) * 2 / 97_000
    assert full_batch_seconds(F, 4) == pytest.approx(work / 11.2)
    names = [row.name for row in plan(F)]
    assert len(names) == len(set(names)) == 13


def test_what_is_deployed_is_as_the_project_has_it() -> None:
    settings = Settings(landing="l", checkpoints="c")
    assert settings.max_bytes == f"{F['batch_bytes'] / 1e9:.0f}g"
    assert settings.max_files == F["batch_files"]
    bundle = yaml.safe_load((PROJECT / "databricks.yml").read_text(encoding="utf-8"))
    assert bundle["variables"]["ingest_max_workers"]["default"] == F["most_workers"]
    jobs = {key for key in load().deployed("jobs", "prod") if key.startswith("bronze_")}
    assert jobs == {f"bronze_{group}" for group in GROUPS}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"share_us": 0.5}, "add up to 1.1"),
        ({"scan_rate": 0}, "scan_rate has to be above 0"),
        ({"outage_hours": 3, "catch_up_factor": 1}, "no outage"),
        ({"outage_hours": 15}, "outage_at_hour: it would go on"),
        ({"daily_swing": 1.5}, "daily_swing"),
    ],
)
def test_a_day_that_cannot_be_is_a_sentence(changes: dict[str, float], says: str) -> None:
    with pytest.raises(BadInputs, match=says):
        checked(F.changed(changes))


def test_more_bursts_than_a_day_holds_are_a_sentence() -> None:
    with pytest.raises(BadInputs, match="Bursts and peak hold more"):
        arrivals(F.changed({"bursts_per_day": 200}), 1)


def test_an_input_in_both_files_is_named(tmp_path: Path) -> None:
    own = tmp_path / "inputs.yml"
    own.write_text("scan_rate: {value: 1, unit: u, kind: assumed, from: f}\n")
    with pytest.raises(BadInputs, match="scan_rate: in both files"):
        read_figures(FILE, own)
