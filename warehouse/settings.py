"""What the environment says about where the lakehouse lives and how it behaves."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from warehouse.errors import SettingsInvalid

DEFAULT_PORT = 10443
PROJECT = Path(__file__).resolve().parent.parent


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
