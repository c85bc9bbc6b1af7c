"""What came of a dbt command is read from its artifact."""

import json
from pathlib import Path

import pytest

from operations.dbt import dbt_environment, read_outcome


def test_outcome_counts_and_names_failures(tmp_path: Path) -> None:
    results = [
        {"unique_id": "model.p.a", "status": "success", "message": "OK"},
        {"unique_id": "test.p.b", "status": "fail", "message": "Got 2\nresults"},
        {"unique_id": "test.p.c", "status": "warn", "message": "Got 1 result"},
    ]
    path = tmp_path / "run_results.json"
    path.write_text(json.dumps({"results": results, "elapsed_time": 1.5}))
    outcome = read_outcome(path)
    assert outcome.summary == "1 ok, 1 failed, 1 warnings"
    assert outcome.failures == ("test.p.b: Got 2 results",)


def test_no_artifact_is_an_outcome_without_nodes(tmp_path: Path) -> None:
    assert read_outcome(tmp_path / "run_results.json").summary == ""


def test_stand_in_is_used_until_the_hubs_package_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DBT_PACKAGES_INSTALL_PATH", raising=False)
    assert dbt_environment({}, tmp_path)["DBT_PACKAGES_INSTALL_PATH"] == "offline_packages"
    (tmp_path / "dbt_packages" / "dbt_expectations").mkdir(parents=True)
    assert dbt_environment({}, tmp_path)["DBT_PACKAGES_INSTALL_PATH"] == "dbt_packages"


def test_rules_and_seeds_from_outside_are_brought_into_the_project(tmp_path: Path) -> None:
    project, outside = tmp_path / "project", tmp_path / "outside"
    outside.mkdir()
    (outside / "fraud_rules.csv").write_text("rule\n")
    given = dbt_environment({"LAKELEDGER_RULES": str(outside)}, project)["LAKELEDGER_RULES"]
    assert (project / given / "fraud_rules.csv").read_text() == "rule\n"
    inside = dbt_environment({"LAKELEDGER_RULES": "rules"}, project)
    assert inside["LAKELEDGER_RULES"] == "rules"
