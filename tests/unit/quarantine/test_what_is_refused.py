"""What `lakeledger quarantine` refuses, before it asks anybody anything."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from operations.quarantine.decisions import Choice, dismiss, requeue
from operations.quarantine.sources import (
    QuarantinedSource,
    QuarantineRefused,
    declared_sources,
    find_source,
)

USAGE = QuarantinedSource(
    name="platform.billing_usage",
    bronze="`c`.`bronze_platform`.`billing_usage`",
    is_billing=True,
    is_whole=False,
    retention_days=400,
)
WHO = "user-0001@example.com"


class Nobody:
    """A cursor that must not be asked."""

    def execute(self, operation: str, parameters: Mapping[str, str] | None = None) -> object:
        raise AssertionError(operation)

    def fetchall(self) -> Sequence[Sequence[Any]]:
        raise AssertionError


def test_what_no_rule_can_accept_is_not_judged_again() -> None:
    with pytest.raises(QuarantineRefused, match="delivered again, then dismiss"):
        requeue(Nobody(), Choice(source=USAGE, reason="invalid_utf8"), WHO, "")


def test_a_line_of_a_file_that_is_delivered_whole_is_not_judged_again() -> None:
    with pytest.raises(QuarantineRefused, match="delivered whole, the newest holds"):
        requeue(Nobody(), Choice(source=replace(USAGE, is_whole=True)), WHO, "")


def test_to_dismiss_takes_words() -> None:
    with pytest.raises(QuarantineRefused, match="--why needs words"):
        dismiss(Nobody(), Choice(source=USAGE), WHO, "  ")


def test_sources_are_those_with_files(tmp_path: Path) -> None:
    handling = {"grade": "billing", "retention_days": 400}
    manifest = tmp_path / "target" / "manifest.json"
    with pytest.raises(QuarantineRefused, match="Nothing has been built"):
        declared_sources(manifest)
    manifest.parent.mkdir()
    usage = {
        "source_name": "platform",
        "name": "billing_usage",
        "relation_name": USAGE.bronze,
        "config": {"meta": {"ingestion": {"path": "x"}, "handling": handling}},
    }
    other = {"source_name": "silver", "name": "quarantine", "config": {"meta": {}}}
    manifest.write_text(json.dumps({"sources": {"a": other, "b": usage}}))
    assert declared_sources(manifest) == (USAGE,)


@pytest.mark.parametrize("name", ["billing_usage", "platform.billing_usage"])
def test_a_source_goes_by_either_name(name: str) -> None:
    assert find_source([USAGE], name) == USAGE


def test_an_unknown_source_is_told_with_what_is_known() -> None:
    with pytest.raises(QuarantineRefused, match="no source usage; there are: billing_usage"):
        find_source([USAGE], "usage")
