"""The steps of a delivery: check the folder, mark it, write files, write the expected bill."""

import json
from dataclasses import dataclass
from pathlib import Path

from operations.simulator.delivery import Delivery, read_bytes, write_atomically
from operations.simulator.errors import BadOptionError, LandingInUseError
from operations.simulator.expected import FORMAT, Outcome, expected_bill
from operations.simulator.marker import Run, foreign_file, read_runs, remove_runs, write_run
from operations.simulator.run import Progress, simulate_run
from operations.simulator.seeds import FOLDER, check_seeds, seed_files, write_seeds
from operations.simulator.session import Session, open_session
from operations.simulator.settings import PHASES, Options


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """Where to write, and what to do with what is there already."""

    landing: Path
    expected: Path
    force: bool = False
    clean: bool = False

    @property
    def seeds(self) -> Path:
        """Where the account's own files go: beside the expected bill."""
        return self.expected.parent / FOLDER


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What a command has done."""

    outcome: Outcome
    delivery: Delivery
    run: Run


def prepare(targets: Targets) -> None:
    """Checks the targets and removes earlier runs where that is asked for.

    Raises:
        BadOptionError: if the expected bill would lie among the landing files.
        LandingInUseError: if a target holds something that is not the simulator's.
    """
    if targets.expected.is_relative_to(targets.landing):
        raise BadOptionError(
            f"The expected bill {targets.expected} would lie inside the landing folder, where it "
            "could be read as input. Give --expected a path outside of it."
        )
    runs = read_runs(targets.landing)
    if targets.clean:
        remove_runs(targets.landing, runs)
        runs = []
    if targets.force:
        return
    if foreign := foreign_file(targets.landing, runs):
        raise LandingInUseError(
            f"{foreign} was not written by a simulated run that {targets.landing} knows of; the "
            "expected bill would not hold. Use another --landing, or --force to go on."
        )
    _check_expected(targets)
    check_seeds(targets.seeds)


def deliver_run(options: Options, deliver: str, targets: Targets, progress: Progress) -> Delivered:
    """Makes a delivery of a run; call `prepare` first. A repeated call adds nothing."""
    landing = targets.landing
    session = open_session(landing, options, deliver, add=targets.force)
    # Marked before the first file, so that an interrupted run can be continued or cleaned.
    runs = write_run(landing, session.others, session.run)
    delivery = Delivery(landing)
    outcome = simulate_run(options, session.phases, delivery, progress)
    run = session.run.with_delivered(session.phases)
    write_seeds(targets.seeds, seed_files(outcome.world, outcome.bill(PHASES)))
    _write_expected(targets, session, outcome, run)
    write_run(landing, runs, run)
    return Delivered(outcome=outcome, delivery=delivery, run=run)


def _write_expected(targets: Targets, session: Session, outcome: Outcome, run: Run) -> None:
    document = {
        **expected_bill(outcome, run.delivered),
        "landing": str(targets.landing),
        "other_runs_in_landing": [other.tag for other in session.others],
    }
    text = json.dumps(document, indent=1, ensure_ascii=False)
    write_atomically(targets.expected, f"{text}\n".encode())


def _check_expected(targets: Targets) -> None:
    """Refuses to overwrite a file of another kind, or the bill of a run that still exists."""
    if not targets.expected.exists():
        return
    try:
        bill = json.loads(read_bytes(targets.expected))
        landing, tag = Path(bill["landing"]), bill["run"]["tag"]
        known = bill["format"] == FORMAT
    except (ValueError, KeyError, TypeError):
        known = False
    if not known:
        raise LandingInUseError(
            f"{targets.expected} is no expected bill, so it was left as it is. Give another "
            "--expected."
        )
    if landing != targets.landing and any(run.tag == tag for run in read_runs(landing)):
        raise LandingInUseError(
            f"{targets.expected} is the bill of the run in {landing}. Give another --expected, "
            "or --force to overwrite it."
        )
