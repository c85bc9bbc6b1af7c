"""The exporter among the services: where there is a pipeline, and watched as its rules have it."""

from pathlib import Path
from typing import Any

import yaml

from operations.live import alertmanager, prometheus
from operations.live.exporter import exporter
from operations.live.order import left_out
from operations.live.settings import Intervals, LiveSettings
from warehouse.settings import PROJECT

PIPELINE = PROJECT / "resources" / "prometheus" / "pipeline.yml"


def test_it_is_left_out_until_something_was_taken_in(tmp_path: Path) -> None:
    service = exporter(tmp_path, tmp_path)
    # The streams' checkpoints are no pipeline.
    (tmp_path / "checkpoints").mkdir()
    assert "lakeledger run" in left_out([service])["exporter"]
    (tmp_path / "external" / "bronze_platform").mkdir(parents=True)
    assert left_out([service]) == {}


def jobs(**targets: str) -> dict[str, Any]:
    found = prometheus.configuration(Intervals(), targets, [])
    return {job["job_name"]: job for job in found["scrape_configs"]}


def test_prometheus_knows_it_by_the_name_that_rules_have_and_is_patient() -> None:
    (alone,) = yaml.safe_load(PIPELINE.read_text())["scrape_configs"]
    found = jobs(exporter="127.0.0.1:1", streams="127.0.0.1:2")
    assert set(found) == {alone["job_name"], "streams"}
    everywhere = yaml.safe_load(PIPELINE.read_text())["global"]
    for setting in ("scrape_interval", "scrape_timeout"):
        assert found[alone["job_name"]][setting] == everywhere[setting]
        assert setting not in found["streams"]


def test_what_silences_alerts_of_the_pipeline_silences_them_here() -> None:
    rules = alertmanager.configuration(LiveSettings(), "127.0.0.1:25")["inhibit_rules"]
    alone = yaml.safe_load(alertmanager.PIPELINE.read_text())["inhibit_rules"]
    assert len(alone) == 2
    assert all(rule in rules for rule in alone)
