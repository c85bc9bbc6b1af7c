"""Holds requirements.lock against the known advisories: `make audit`.

What is known to be vulnerable fails, unless resources/audit.toml answers for it. Where no
advisories can be reached nothing fails, and it is said that nothing was audited.
"""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
_UNREACHED = ("Could not connect", "Max retries exceeded", "timed out", "HTTPSConnectionPool")
_SECONDS = 600


@dataclass(frozen=True, slots=True, order=True)
class Advisory:
    """A known vulnerability of a locked package; `fixed_in` are the versions without it."""

    package: str
    version: str
    id: str
    aliases: tuple[str, ...]
    fixed_in: tuple[str, ...]

    def __str__(self) -> str:
        remedy = f"fixed in {', '.join(self.fixed_in)}" if self.fixed_in else "no fix is known"
        return f"{self.package} {self.version}: {self.id}, {remedy}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption:
    """An advisory that somebody answers for, why, and until when."""

    id: str
    package: str
    reason: str
    until: date

    def covers(self, advisory: Advisory) -> bool:
        """Whether it is about this one."""
        return self.package == advisory.package and self.id in (advisory.id, *advisory.aliases)


class AuditFailed(Exception):
    """The audit could not be made; the message says why."""


def exemptions(file: Path) -> tuple[Exemption, ...]:
    """Reads the `[[ignore]]` entries: id, package, reason, until (a date).

    Raises:
        AuditFailed: if one lacks any of them.
    """
    try:
        entries = tomllib.loads(file.read_text(encoding="utf-8")).get("ignore", [])
        found = tuple(Exemption(**entry) for entry in entries)
    except (tomllib.TOMLDecodeError, TypeError) as error:
        raise AuditFailed(f"{file}: id, package, reason and until are needed ({error}).") from error
    for entry in found:
        if type(entry.until) is not date or not entry.reason.strip():
            raise AuditFailed(f"{file}: {entry.id} needs a reason and a date in `until`.")
    return found


def verdict(
    report: Mapping[str, Any], exempt: Sequence[Exemption], today: date
) -> tuple[int, list[str]]:
    """Exit code and lines to say for a report of pip-audit."""
    packages = report["dependencies"]
    skipped = [package["name"] for package in packages if "skip_reason" in package]
    if len(skipped) == len(packages):
        return 0, [unreached("the index that is used here has none")]
    valid = [entry for entry in exempt if entry.until >= today]
    advisories = sorted(set(_advisories(packages)))
    open_ones = [a for a in advisories if not any(entry.covers(a) for entry in valid)]
    stale = [
        f"resources/audit.toml: {entry.id} is about nothing that is locked; remove it."
        for entry in valid
        if not any(entry.covers(a) for a in advisories) and entry.package not in skipped
    ]
    said = [f"audit: {len(packages) - len(skipped)} of {len(packages)} locked packages audited"]
    if skipped:
        said.append(f"audit: advisories could not be reached for {', '.join(skipped)}")
    return int(bool(open_ones or stale)), [*said, *map(str, open_ones), *stale]


def _advisories(packages: Sequence[Mapping[str, Any]]) -> Iterator[Advisory]:
    for package in packages:
        for found in package.get("vulns", ()):
            yield Advisory(
                package["name"],
                package["version"],
                found["id"],
                tuple(found.get("aliases", ())),
                tuple(found.get("fix_versions", ())),
            )


def unreached(why: str) -> str:
    """What is said where nothing could be audited."""
    return f"audit: advisories could not be reached ({why}): NOTHING WAS AUDITED"


def outcome(
    output: str, complaint: str, exempt: Sequence[Exemption], today: date
) -> tuple[int, list[str]]:
    """The verdict on what pip-audit has written to stdout and stderr.

    Raises:
        AuditFailed: if it ended without a report for another reason than the network.
    """
    try:
        report = json.loads(output)
    except ValueError:
        if any(word in complaint for word in _UNREACHED):
            return 0, [unreached("no network, or none to them")]
        raise AuditFailed(f"pip-audit made no report: {complaint.strip()[-500:]}") from None
    return verdict(report, exempt, today)


def _run(lock: Path) -> tuple[str, str]:
    command = [
        *(sys.executable, "-m", "pip_audit", "--requirement", str(lock)),
        *("--require-hashes", "--disable-pip", "--progress-spinner", "off", "--format", "json"),
    ]
    try:
        ended = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=_SECONDS
        )
    except subprocess.TimeoutExpired:
        return "", "timed out"
    return ended.stdout, ended.stderr


def main() -> int:
    """Audits; prints what it found and gives the exit code."""
    try:
        exempt = exemptions(PROJECT / "resources" / "audit.toml")
        output, complaint = _run(PROJECT / "requirements.lock")
        code, said = outcome(output, complaint, exempt, datetime.now(UTC).date())
    except AuditFailed as error:
        code, said = 1, [f"audit: {error}"]
    print("\n".join(said))
    return code


if __name__ == "__main__":
    sys.exit(main())
