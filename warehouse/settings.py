"""What the environment says about where the lakehouse lives and how it behaves."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from warehouse.errors import SettingsInvalid

DEFAULT_PORT = 10443
PROJECT = Path(__file__).resolve().parent.parent
# How dbt, Databricks and the clouds call what nobody but their own clients should see.
_SECRET_NAME = re.compile(r"DBT_ENV_SECRET_|.*(TOKEN|SECRET|PASSWORD|ACCESS_KEY|CREDENTIAL)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where the state is kept, how clients reach it, and when it stops by itself."""

    home: Path
    cache: Path
    port: int = DEFAULT_PORT
    catalog: str = "lakeledger"
    idle_minutes: float = 60.0

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Reads LAKELEDGER_HOME, _CACHE, _PORT, _CATALOG and _IDLE_MINUTES.

        Raises:
            SettingsInvalid: if a number is no number or out of its range.
        """
        env = os.environ if environment is None else environment
        return cls(
            home=Path(env.get("LAKELEDGER_HOME") or PROJECT / ".lakeledger").absolute(),
            cache=cache_directory(env),
            port=int(_number(env, "LAKELEDGER_PORT", DEFAULT_PORT, 0, 65535)),
            catalog=env.get("LAKELEDGER_CATALOG") or "lakeledger",
            idle_minutes=_number(env, "LAKELEDGER_IDLE_MINUTES", 60, 0, 1e6),
        )

    def at(self, home: Path) -> "Settings":
        """The same settings for another state directory, on any free port."""
        return replace(self, home=home.absolute(), port=0)


def cache_directory(environment: Mapping[str, str] | None = None) -> Path:
    """Where fetched jars and the like are kept: LAKELEDGER_CACHE, else .cache in the project."""
    env = os.environ if environment is None else environment
    return Path(env.get("LAKELEDGER_CACHE") or PROJECT / ".cache").absolute()


def without_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment less what is named as a secret: for processes that have no use for any."""
    return {
        name: value for name, value in environment.items() if not _SECRET_NAME.match(name.upper())
    }


def make_private(folder: Path) -> None:
    """Makes the folder, for its owner alone; one that is there already is closed to others."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)


def _number(env: Mapping[str, str], name: str, default: float, low: float, high: float) -> float:
    text = env.get(name)
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not low <= value <= high:
        raise SettingsInvalid(
            f"{name} is {text!r}; it has to be a number from {low:g} to {high:g}."
        )
    return value
