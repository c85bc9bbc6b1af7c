"""What the user asked for, made into sources and settings."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from ingestion.errors import WrongUse
from ingestion.kafka import read_client_config
from ingestion.settings import Platform, Settings, detect_platform
from ingestion.sources import Source, load_sources

# What goes into the settings as it was given.
_SAME = (
    "continuous",
    "retry_seconds",
    "settle_seconds",
    "max_files",
    "max_messages",
    "managed_file_events",
    "parallel",
    "try_now",
)
# What says it where the option is not given: a command that has no such options needs it, too.
ON_DATABRICKS = {
    "landing": "LAKELEDGER_LANDING",
    "checkpoints": "LAKELEDGER_CHECKPOINTS",
    "catalog": "DATABRICKS_CATALOG",
}
PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The arguments of the command as they were given."""

    landing: str | None = None
    sources: tuple[str, ...] = ()
    source_paths: tuple[str, ...] = ()
    models: Path | None = None
    home: Path | None = None
    checkpoints: str | None = None
    catalog: str | None = None
    platform: str | None = None
    continuous: float | None = None
    retry_seconds: float | None = None
    settle_seconds: float = 2.0
    max_files: int = 1000
    max_messages: int = 500_000
    kafka_config: Path | None = None
    managed_file_events: bool = False
    parallel: int = 2
    try_now: bool = False


def choose(choice: Choice) -> tuple[tuple[Source, ...], Settings, Path]:
    """The chosen sources, the settings of the run and the local state directory.

    Raises:
        WrongUse: if an argument is unknown, malformed or missing.
    """
    declared = load_sources(choice.models or PROJECT / "models")
    folders = _folders(choice.source_paths)
    names = choice.sources or (() if choice.landing else tuple(folders))
    _check_names({*names, *folders}, declared)
    sources = tuple(source for source in declared if not names or source.name in names)
    home = (choice.home or PROJECT / ".lakeledger").absolute()
    return sources, _settings(choice, home, folders), home


def _settings(choice: Choice, home: Path, folders: dict[str, str]) -> Settings:
    if choice.platform not in (None, "local", "databricks"):
        raise WrongUse(f"--platform {choice.platform!r} is unknown; it is local or databricks.")
    platform = detect_platform(cast(Platform | None, choice.platform))
    common = {name: getattr(choice, name) for name in _SAME} | {"kafka": _kafka(choice, home)}
    if platform == "local":
        return Settings(
            landing=_absolute(choice.landing or home / "landing"),
            checkpoints=_absolute(choice.checkpoints or home / "checkpoints"),
            tables=home / "external",
            folders={name: _absolute(folder) for name, folder in folders.items()},
            **common,
        )
    given = [
        getattr(choice, option) or os.environ.get(name, "")
        for option, name in ON_DATABRICKS.items()
    ]
    if not all(given):
        raise WrongUse(
            "On Databricks --landing, --checkpoints and --catalog have to be given,"
            f" or {', '.join(ON_DATABRICKS.values())} in the environment."
        )
    landing, checkpoints, catalog = given
    return Settings(
        landing=landing,
        checkpoints=checkpoints,
        catalog=catalog,
        platform=platform,
        folders=folders,
        **common,
    )


def _kafka(choice: Choice, home: Path) -> dict[str, str]:
    """The client's configuration: the file named, else that of a broker started in this home."""
    own = home / "kafka.properties"
    if choice.kafka_config is None and not own.exists():
        return {}
    return read_client_config(choice.kafka_config or own)


def _absolute(path: str | Path) -> str:
    """Without ``..`` as well: Spark writes paths down that way, and they are compared with it."""
    return os.path.normpath(Path(path).absolute())


def _folders(pairs: tuple[str, ...]) -> dict[str, str]:
    folders: dict[str, str] = {}
    for pair in pairs:
        name, separator, folder = pair.partition("=")
        if not (name and separator and folder):
            raise WrongUse(f"--source-path {pair!r} has to be NAME=DIR, a source and its folder.")
        folders[name] = folder
    return folders


def _check_names(names: set[str], declared: tuple[Source, ...]) -> None:
    known = {source.name for source in declared}
    unknown = sorted(names - known)
    if unknown:
        raise WrongUse(
            f"No source is called {', '.join(unknown)}; declared are {', '.join(sorted(known))}."
        )
