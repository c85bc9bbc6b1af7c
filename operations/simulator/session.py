"""Which run to make, and whether the landing folder may take it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from operations.simulator.errors import BadOptionError, LandingInUseError
from operations.simulator.marker import Run, read_runs, run_of
from operations.simulator.settings import EMITTED_AFTER, HOUR, PHASES, Options, Phase, iso

DELIVERIES: dict[str, tuple[Phase, ...]] = {
    "all": PHASES,
    "on-time": ("on-time",),
    "late": ("late",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A run that may go ahead. `others` are runs the folder already holds."""

    options: Options
    run: Run
    others: list[Run]
    phases: tuple[Phase, ...]


def parse_start(text: str) -> datetime:
    """A start time from text; without a zone it is UTC.

    Raises:
        BadOptionError: if the text is no time or no whole hour.
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadOptionError(
            f"The start {text!r} is not a time. Write it as 2026-01-09 or 2026-01-09T10:00."
        ) from error
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    if at.minute or at.second or at.microsecond:
        raise BadOptionError(f"The start {text} is not a whole hour. Write it as 2026-01-09T10:00.")
    return at


def default_start(hours: int, now: datetime) -> datetime:
    """The latest whole hour from which a window of so many hours can be simulated."""
    whole = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return whole - hours * HOUR - EMITTED_AFTER["late"]


def check_window(options: Options, now: datetime) -> None:
    """Refuses a window whose events or manifests would lie in the future.

    Raises:
        BadOptionError: if it does.
    """
    latest = default_start(options.hours, now)
    if options.start > latest:
        raise BadOptionError(
            f"{options.hours} hours from {iso(options.start)} reach too close to now: the window "
            f"must end 2 hours ago. Start at {iso(latest)} or earlier, or simulate fewer hours."
        )


def repeated_start(landing: Path, options: Options) -> datetime | None:
    """The start of a run in the folder that was made with the same options but for the start."""
    wanted = {**options.as_json(), "start": None}
    for run in read_runs(landing):
        if {**run.options, "start": None} == wanted:
            return datetime.fromisoformat(run.options["start"])
    return None


def open_session(landing: Path, options: Options, deliver: str, *, add: bool) -> Session:
    """Decides whether a run may write into a landing folder; `add` lets it join other runs.

    Raises:
        LandingInUseError: if the folder holds another run.
        BadOptionError: if the late files are asked for before the others.
    """
    runs = read_runs(landing)
    mine = next((run for run in runs if run.tag == options.tag), run_of(options))
    others = [run for run in runs if run.tag != options.tag]
    if others and not add and mine not in runs:
        raise LandingInUseError(
            f"{landing} holds another run: {_describe(others[-1], options)}. Use --clean to "
            "remove it first, --force to add this run to it, or another --landing."
        )
    phases = DELIVERIES[deliver]
    if phases == ("late",) and "on-time" not in mine.delivered:
        raise BadOptionError(
            f"{landing} does not hold the on-time files of this run. Deliver them first, with "
            "the same options and --deliver on-time."
        )
    return Session(options=options, run=mine, others=others, phases=phases)


def _describe(run: Run, options: Options) -> str:
    start = datetime.fromisoformat(run.options["start"])
    span = f"{run.options['hours']} hours from {start:%Y-%m-%d %H:%M} UTC"
    if run.options["seed"] != options.seed:
        return f"seed {run.options['seed']}, {span}"
    return f"the same seed {options.seed} with other options, {span}"
