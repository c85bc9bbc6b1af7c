"""The arithmetic of the cost model, held against sums done by hand."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.cost import model, storage
from operations.cost.errors import BadInputs
from operations.cost.inputs import Figures, figures, read_inputs, read_scenarios
from operations.cost.sensitivity import FALLING, RISING, limit, limits, totals
from operations.cost.statement import placed, statement
from operations.dbt import PROJECT
from tests.unit.bundle.bundle import load

INPUTS = read_inputs()
F = figures(INPUTS)
PAGE = PROJECT / "docs" / "cost-model.md"


def line(name: str, f: Figures = F) -> float:
    (found,) = [one for one in model.lines(f) if one.name.startswith(name)]
    return found.dollars


def test_the_page_says_what_the_model_says() -> None:
    """If this fails: lakeledger cost --into docs/cost-model.md."""
    page = PAGE.read_text(encoding="utf-8")
    assert placed(page, statement(INPUTS, read_scenarios())) == page


def test_an_event_is_what_the_day_has_of_it() -> None:
    assert model.size_factor(F) == pytest.approx(12e12 / (40_000 * 86_400) / 1500)


def test_cores_of_silver_by_hand() -> None:
    size = 3472.2222 / 1500
    assert model.cores(F).silver == pytest.approx(
        40_000 * size * (1 / 65_000 + 1 / 9_387), rel=1e-4
    )
    assert model.cores(F).silver_peak == pytest.approx(model.cores(F).silver * 6.25)


def test_cores_of_gold_by_hand() -> None:
    """288 runs a day, each of which reads half a day and a tenth of it more."""
    read = 288 * 0.5 * 1.1 * 40_000 * 86_400
    assert model.cores(F).gold == pytest.approx(read / 378_000 / 86_400)


def test_ingest_by_hand() -> None:
    """Five drivers all the time, five workers, and five more while the peak lasts."""
    dbu = 0.15
    drivers = 5 * 730 * (0.1632 + dbu)
    spot = 0.0816 + dbu
    workers = 5 * 730 * spot + 5 * 2 * 365 / 12 * spot
    assert line("ingest") == pytest.approx(drivers + workers)


def test_the_warehouse_is_paid_whole() -> None:
    """Two clusters all the time, three more while the peak lasts, and those of people."""
    parts = [
        line(name) for name in ("silver", "gold", "checks", "maintenance", "SQL warehouse: what")
    ]
    assert sum(parts) == pytest.approx((2 * 730 + 3 * 2 * 365 / 12) * 12 * 0.70)
    assert min(parts) > 0


def test_storage_by_hand() -> None:
    """Bronze: 37 days are read or were lately, 60 days infrequently, 298 days are archive."""
    gib = 40_000 * 86_400 * 301 * model.size_factor(F) / 1024**3
    price = 37 * 0.0222 + 60 * 0.0125 + 298 * 0.004
    assert line("storage: bronze") == pytest.approx(gib * price, rel=0.01)


def test_tiers_add_up_to_what_is_kept() -> None:
    assert storage.tiers(F, 395) == (37, 60, 298)
    assert storage.tiers(F.changed({"tiering": 0}), 395) == (395, 0, 0)
    assert storage.tiers(F.changed({"searches_per_month": 1}), 395) == (395, 0, 0)
    assert storage.tiers(F, 20) == (20, 0, 0)


def test_the_frequent_tier_gets_cheaper_by_volume() -> None:
    tib = 1024.0
    assert storage.frequent_price(F, 50 * tib) == pytest.approx(0.023)
    assert storage.frequent_price(F, 500 * tib) == pytest.approx((50 * 0.023 + 450 * 0.022) / 500)
    assert 0.021 < storage.frequent_price(F, 5000 * tib) < 0.0215


@given(st.sampled_from(RISING), st.floats(1, 5))
def test_more_of_it_is_never_cheaper(name: str, factor: float) -> None:
    more = F.changed({name: F[name] * factor})
    assert model.total(more) >= model.total(F) - 1e-6


@given(st.sampled_from(FALLING), st.floats(0.2, 1))
def test_slower_is_never_cheaper(name: str, factor: float) -> None:
    slower = F.changed({name: F[name] * factor})
    assert model.total(slower) >= model.total(F) - 1e-6


def test_a_limit_is_the_last_value_within_the_budget() -> None:
    found = limit(F, "days_kept", rises=True)
    assert found.factor is not None
    assert model.total(F.changed({"days_kept": 395 * found.factor})) <= 35_000
    assert model.total(F.changed({"days_kept": 395 * (found.factor + 0.01)})) > 35_000


def test_limits_begin_with_the_tightest() -> None:
    reached = [one.factor for one in limits(F) if one.factor is not None]
    tightness = [max(factor, 1 / factor) for factor in reached]
    assert tightness == sorted(tightness)
    assert len(reached) > 10


def test_scenarios_say_where_the_budget_breaks() -> None:
    found = totals(F, read_scenarios())
    assert model.total(F) <= F["budget"]
    broken = {name for name, dollars in found.items() if dollars > F["budget"]}
    assert len(broken) == 4
    assert any("checks" in name for name in broken)


def test_what_is_deployed_is_as_the_bundle_has_it() -> None:
    jobs = load().deployed("jobs", "prod")
    bronze = {key: job for key, job in jobs.items() if key.startswith("bronze_")}
    assert len(bronze) == F["ingest_clusters"]
    for job in bronze.values():
        (cluster,) = (one["new_cluster"] for one in job["job_clusters"])
        assert cluster["autoscale"]["min_workers"] == F["ingest_min_workers"]
        assert cluster["node_type_id"] == "m7g.xlarge"
    (task,) = bronze["bronze_us"]["tasks"]
    most = bronze["bronze_us"]["job_clusters"][0]["new_cluster"]["autoscale"]["max_workers"]
    assert model.workers(F, model.cores(F).bronze_peak) <= most
    parameters = task["spark_python_task"]["parameters"]
    given_ = parameters[parameters.index("--continuous") + 1]
    assert float(given_) == F["ingest_trigger_seconds"]
    assert sum(one.startswith("--source=") for one in parameters) == F["ingest_streams"]
    assert jobs["gold"]["schedule"]["quartz_cron_expression"] == "0 0/5 * * * ?"
    assert F["gold_runs_per_day"] == 24 * 60 / 5
    (commands,) = (t["dbt_task"]["commands"] for t in jobs["maintenance"]["tasks"])
    assert f"vacuum_hours: {F['silver_old_days'] * 24:.0f}" in commands[-1]


def test_every_input_is_used() -> None:
    """One that could be anything would only look like a reason."""
    searching = F.changed({"searches_per_month": 1, "judged_passes": 1})

    def changes(name: str) -> bool:
        other = {name: F[name] * 1.7 + 0.3}
        return any(model.total(f.changed(other)) != model.total(f) for f in (F, searching))

    assert [name for name in F if not changes(name)] == ["budget"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[]", "no list of inputs"),
        ("a: 3", "a needs exactly"),
        ("a: {value: x, unit: u, kind: price, from: f}", "'x'"),
        ("a: {value: -1, unit: u, kind: price, from: f}", "from 0 on"),
        ("a: {value: 1, unit: u, kind: guess, from: f}", "'guess'"),
        ("a: {", "no YAML"),
    ],
)
def test_a_mistake_in_the_file_is_a_sentence(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "inputs.yml"
    path.write_text(text)
    with pytest.raises(BadInputs, match=says):
        read_inputs(path)


def test_an_input_that_is_missing_is_named() -> None:
    with pytest.raises(BadInputs, match="put_price"):
        model.total(Figures({name: value for name, value in F.items() if name != "put_price"}))
    with pytest.raises(BadInputs, match="pries"):
        F.changed({"pries": 1})


def test_a_page_without_markers_is_refused() -> None:
    with pytest.raises(BadInputs, match="has no lines"):
        placed("# A page", "text")
