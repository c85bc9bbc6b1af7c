"""What `make audit` says of advisories: known, answered for, out of reach."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from operations.audit import AuditFailed, Exemption, exemptions, outcome, verdict
from operations.dbt import PROJECT

TODAY = date(2026, 6, 1)
VULNERABLE = {
    "name": "pkg",
    "version": "1.0",
    "vulns": [{"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["1.1"]}],
}
FINE = {"name": "fine", "version": "2", "vulns": []}
UNKNOWN = {"name": "odd", "skip_reason": "Dependency not found on PyPI and could not be audited"}


def answer(until: date = date(2026, 12, 31), **changes: Any) -> Exemption:
    return Exemption(**{"id": "CVE-1", "package": "pkg", "reason": "r", "until": until} | changes)


def test_a_known_vulnerability_fails_and_says_what_mends_it() -> None:
    code, said = verdict({"dependencies": [VULNERABLE, FINE]}, [], TODAY)
    assert code == 1
    assert "pkg 1.0: PYSEC-1, fixed in 1.1" in said


def test_one_that_somebody_answers_for_passes_until_the_day() -> None:
    report = {"dependencies": [VULNERABLE, FINE]}
    assert verdict(report, [answer()], TODAY)[0] == 0
    assert verdict(report, [answer(until=date(2026, 5, 31))], TODAY)[0] == 1
    assert verdict(report, [answer(package="fine")], TODAY)[0] == 1


def test_an_answer_to_nothing_is_to_be_removed() -> None:
    code, said = verdict({"dependencies": [FINE]}, [answer()], TODAY)
    assert code == 1
    assert "remove it" in said[-1]


def test_nothing_known_is_said_with_how_much_was_audited() -> None:
    assert verdict({"dependencies": [FINE]}, [], TODAY) == (
        0,
        ["audit: 1 of 1 locked packages audited"],
    )


def test_packages_without_advisories_are_never_taken_for_audited() -> None:
    code, said = verdict({"dependencies": [UNKNOWN, UNKNOWN]}, [answer()], TODAY)
    assert (code, len(said)) == (0, 1)
    assert "advisories could not be reached" in said[0]
    code, said = verdict({"dependencies": [UNKNOWN, FINE]}, [], TODAY)
    assert said == [
        "audit: 1 of 2 locked packages audited",
        "audit: advisories could not be reached for odd",
    ]


def test_no_network_is_said_and_fails_nothing() -> None:
    complaint = "ERROR:pip_audit._cli:Could not connect to PyPI's vulnerability feed"
    code, said = outcome("", complaint, [], TODAY)
    assert code == 0
    assert "NOTHING WAS AUDITED" in said[0]


def test_any_other_end_without_a_report_fails() -> None:
    with pytest.raises(AuditFailed, match="no such option"):
        outcome("", "no such option", [], TODAY)


@pytest.mark.parametrize(
    "entry",
    [
        'id = "x"',
        'id = "x"\npackage = "p"\nreason = " "\nuntil = 2026-01-01',
        'id = "x"\npackage = "p"\nreason = "r"\nuntil = "soon"',
        "id =",
    ],
)
def test_an_answer_has_a_reason_and_an_end(tmp_path: Path, entry: str) -> None:
    file = tmp_path / "audit.toml"
    file.write_text(f"[[ignore]]\n{entry}\n")
    with pytest.raises(AuditFailed):
        exemptions(file)


def test_the_project_has_its_list() -> None:
    assert isinstance(exemptions(PROJECT / "resources" / "audit.toml"), tuple)
