"""What a user may set about the live system: `<home>/live.toml`, every key with a default."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from math import inf
from pathlib import Path
from typing import Any, TypeVar

from operations.live.errors import ServiceFailed

FILE = "live.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Beyond which an alert fires. Shares are of the messages, or valid orders, of 5 minutes."""

    silent_seconds: float = 600
    invalid_share: float = 0.05
    duplicated_share: float = 0.05
    outlier_share: float = 0.02
    late_share: float = 0.02
    # A share of fewer messages says nothing.
    least_messages: float = 50
    hot_path_p99_seconds: float = 10
    backlog_messages: float = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Intervals:
    """How often things are looked at and said, in seconds."""

    scrape_seconds: float = 5
    evaluate_seconds: float = 5
    resend_seconds: float = 60
    group_wait_seconds: float = 10
    group_interval_seconds: float = 60
    repeat_seconds: float = 4 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """Who is told, and by which server: host:port; without one, the sink on this machine.

    The password is kept in a file of its own, and goes over TLS only.
    """

    to: str = "on-duty@lakeledger.localhost"
    sender: str = "lakeledger@lakeledger.localhost"
    smarthost: str = ""
    username: str = ""
    password_file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSettings:
    """All of them."""

    limits: Limits = field(default_factory=Limits)
    intervals: Intervals = field(default_factory=Intervals)
    mail: Mail = field(default_factory=Mail)


Section = TypeVar("Section", Limits, Intervals, Mail)


def read_settings(home: Path) -> LiveSettings:
    """The settings of a home; the defaults where it has no file.

    Raises:
        ServiceFailed: if the file cannot be read, or a section, key or value is not as here.
    """
    file = home / FILE
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return LiveSettings()
    except (OSError, ValueError) as error:
        raise ServiceFailed(f"{file} could not be read: {error}.") from error
    try:
        return settings_of(found)
    except ServiceFailed as error:
        raise ServiceFailed(f"{file}: {error}") from error


def settings_of(found: Mapping[str, Any]) -> LiveSettings:
    """The settings that a parsed file holds.

    Raises:
        ServiceFailed: with the section or key that is wrong.
    """
    sections = {section.name for section in fields(LiveSettings)}
    for name in found.keys() - sections:
        raise ServiceFailed(f"there is no [{name}]; there are {', '.join(sorted(sections))}.")
    return LiveSettings(
        limits=_section(Limits(), found.get("limits", {}), "limits"),
        intervals=_section(Intervals(), found.get("intervals", {}), "intervals"),
        mail=_section(Mail(), found.get("mail", {}), "mail"),
    )


def _section(default: Section, found: Any, name: str) -> Section:
    if not isinstance(found, Mapping):
        raise ServiceFailed(f"{name} has to be a section, [{name}].")
    known = {one.name: getattr(default, one.name) for one in fields(default)}
    for key, value in found.items():
        if key not in known:
            raise ServiceFailed(f"[{name}] has no {key}; it has {', '.join(known)}.")
        if isinstance(known[key], str):
            if not isinstance(value, str) or "\n" in value:
                raise ServiceFailed(f"{key} has to be a text of one line.")
        elif isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < inf:
            raise ServiceFailed(f"{key} has to be a number above zero.")
    return type(default)(**{**known, **found})
