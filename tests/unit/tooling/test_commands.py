"""The lock, the Makefile and the check that CI runs agree with each other and with the README."""

import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[3]
LOCK = (ROOT / "requirements.lock").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()


def made(*arguments: str, **environment: str) -> str:
    """What make prints for these arguments."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    clean.pop("DBT_PACKAGES_INSTALL_PATH", None)
    command = ["make", "--no-print-directory", *arguments]
    answer = subprocess.run(
        command, cwd=ROOT, env=clean | environment, capture_output=True, text=True, timeout=30
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def test_every_locked_package_has_a_hash() -> None:
    packages = re.split(r"\n(?=[a-z0-9])", LOCK)[1:]
    assert len(packages) > 100
    assert [package.split()[0] for package in packages if "--hash=sha256:" not in package] == []


def test_the_lock_names_no_address_and_no_machine() -> None:
    assert "://" not in LOCK
    assert "index-url" not in LOCK
    assert "    make lock\n" in LOCK


def test_the_lock_brings_uv_for_machines_without_it() -> None:
    assert re.search(r"^uv==\S+ \\$", LOCK, re.MULTILINE)


def test_make_alone_lists_every_target_with_a_line() -> None:
    phony = MAKEFILE.split(".PHONY:")[1].split("\n\n")[0].replace("\\", " ").split()
    listed = dict(line.split(maxsplit=1) for line in made().splitlines())
    assert set(listed) == set(phony) - {"packages-note"}
    assert all(listed.values())


def test_the_stand_in_is_used_and_named_where_the_hub_package_is_missing() -> None:
    assert "stand-in" in made("packages-note", "HUB=")
    assert "stand-in" not in made("packages-note", "HUB=installed")


def test_ci_runs_what_the_readme_promises() -> None:
    promised = re.findall(r"\bmake [a-z-]+", (ROOT / "README.md").read_text())
    checked = re.findall(r"^run (make [a-z-]+)", (ROOT / ".ci" / "run").read_text(), re.MULTILINE)
    assert {"make demo", "make test"} <= set(promised)
    assert {"make setup", "make lint", "make audit", "make test"} == set(checked)
