"""What can pass is tried again with what is left to do; what cannot is told at once."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from tenacity import wait_none

from operations.dbt import DbtFailed, DbtOutcome
from operations.retries import ATTEMPTS, can_pass, run_dbt_patiently

CONFLICT = "Database Error [DELTA_CONCURRENT_APPEND] ConcurrentAppendException: Files were added"
WRONG = "Database Error [UNRESOLVED_COLUMN] A column cannot be resolved"


class Dbt:
    """A dbt of which each command ends with the next of these lists of messages of failures."""

    def __init__(self, *runs: Sequence[str]) -> None:
        self.runs = list(runs)
        self.commands: list[str] = []

    def __call__(self, arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> int:
        self.commands.append(arguments[1])
        failures = self.runs.pop(0)
        nodes = [
            {"unique_id": f"model.p.{n}", "status": "error", "message": message}
            for n, message in enumerate(failures)
        ]
        target = Path(arguments[list(arguments).index("--target-path") + 1])
        document = {"results": nodes, "elapsed_time": 1.0}
        (target / "run_results.json").write_text(json.dumps(document))
        return int(bool(failures))


def run(dbt: Dbt, folder: Path) -> DbtOutcome:
    return run_dbt_patiently(
        ["build"],
        warehouse={},
        target=folder,
        log=folder / "dbt.log",
        execute=dbt,
        wait=wait_none(),
    )


def test_a_conflict_is_tried_again_where_it_stopped(tmp_path: Path) -> None:
    dbt = Dbt([CONFLICT], [CONFLICT, CONFLICT], [])
    assert run(dbt, tmp_path).failures == ()
    assert dbt.commands == ["build", "retry", "retry"]


@pytest.mark.parametrize("failures", [[WRONG], [CONFLICT, WRONG], [WRONG, CONFLICT]])
def test_what_cannot_pass_is_not_tried_again(tmp_path: Path, failures: list[str]) -> None:
    dbt = Dbt(failures)
    with pytest.raises(DbtFailed, match="UNRESOLVED_COLUMN"):
        run(dbt, tmp_path)
    assert dbt.commands == ["build"]


def test_a_later_failure_that_cannot_pass_ends_it(tmp_path: Path) -> None:
    dbt = Dbt([CONFLICT], [WRONG])
    with pytest.raises(DbtFailed, match="UNRESOLVED_COLUMN"):
        run(dbt, tmp_path)


def test_it_gives_up_with_the_reason(tmp_path: Path) -> None:
    dbt = Dbt(*[[CONFLICT]] * ATTEMPTS)
    with pytest.raises(DbtFailed, match="DELTA_CONCURRENT_APPEND"):
        run(dbt, tmp_path)
    assert dbt.commands == ["build", *["retry"] * (ATTEMPTS - 1)]


def test_nothing_failed_is_nothing_that_can_pass() -> None:
    assert not can_pass([])
