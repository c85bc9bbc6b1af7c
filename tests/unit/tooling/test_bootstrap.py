"""bootstrap.sh says in a sentence what is missing; the programs it calls are faked on PATH."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PLENTY = 'echo header; echo "disk 1 1 9000000 1% /"'
NEW_PYTHON = """case "$*" in
  *version_info*) exit 0 ;;
  --version) echo Python 3.12.1 ;;
  *venv*) mkdir -p .venv/bin; cp "$0" .venv/bin/python ;;
  *) exit 1 ;;
esac"""
OLD_PYTHON = 'case "$*" in --version) echo Python 3.8.18 ;; *) exit 1 ;; esac'
UV = """case "$*" in
  venv*) mkdir -p .venv/bin; cp "$FAKES/python3" .venv/bin/python ;;
esac"""

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def bootstrap(tmp_path: Path) -> Run:
    """Runs a copy of the script with these programs, and a few plain ones, as the whole PATH."""
    fakes, project = tmp_path / "bin", tmp_path / "project"
    fakes.mkdir()
    project.mkdir()
    for file in ("bootstrap.sh", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / file, project)
    for tool in ("awk", "cp", "dirname", "grep", "mkdir", "rm", "sh"):
        (fakes / tool).symlink_to(shutil.which(tool) or "")

    def run(**programs: str) -> subprocess.CompletedProcess[str]:
        for name, script in {"df": PLENTY, **programs}.items():
            (fakes / name).write_text(f"#!/bin/sh\n{script}\n")
            (fakes / name).chmod(0o755)
        environment = {"PATH": str(fakes), "FAKES": str(fakes), "HOME": str(tmp_path)}
        command = ["/bin/sh", str(project / "bootstrap.sh")]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30)

    return run


def test_an_old_python_is_named_with_the_one_that_is_needed(bootstrap: Run) -> None:
    answer = bootstrap(python3=OLD_PYTHON)
    assert answer.returncode == 1
    assert "Python 3.11, 3.12 or 3.13 is needed" in answer.stderr
    assert "Python 3.8.18 (python3)" in answer.stderr
    assert "make setup PYTHON=" in answer.stderr


def test_no_python_at_all_is_said_so(bootstrap: Run) -> None:
    assert "Python 3.11, 3.12 or 3.13 is needed; found: none" in bootstrap().stderr


def test_a_full_disk_is_said_before_anything_is_fetched(bootstrap: Run) -> None:
    answer = bootstrap(python3=NEW_PYTHON, uv=UV, df='echo header; echo "disk 1 1 102400 1% /"')
    assert answer.returncode == 1
    assert "100 MB are free on this disk" in answer.stderr
    assert "installing" not in answer.stdout


def test_a_python_without_venv_names_the_missing_module(bootstrap: Run) -> None:
    python = NEW_PYTHON.replace("mkdir -p .venv/bin; cp", "exit 1; cp")
    answer = bootstrap(python3=python)
    assert answer.returncode == 1
    assert "cannot make virtual environments" in answer.stderr


def test_a_uv_that_pip_cannot_fetch_points_to_network_and_mirror(bootstrap: Run) -> None:
    answer = bootstrap(python3=NEW_PYTHON)
    assert answer.returncode == 1
    assert "uv could not be fetched" in answer.stderr
    assert "mirror" in answer.stderr


def test_packages_that_uv_cannot_fetch_point_to_network_and_mirror(bootstrap: Run) -> None:
    answer = bootstrap(python3=NEW_PYTHON, uv=UV.replace("esac", "pip*) exit 2 ;;\nesac"))
    assert answer.returncode == 1
    assert "the packages could not be installed" in answer.stderr
    assert "what has arrived is kept" in answer.stderr


def test_what_fits_is_installed_by_hash(bootstrap: Run) -> None:
    answer = bootstrap(python3=NEW_PYTHON, uv=UV.replace("esac", 'pip*) echo "uv $*" ;;\nesac'))
    assert answer.returncode == 0, answer.stderr
    by_hash = "--require-hashes --build-constraints requirements.lock requirements.lock"
    assert by_hash in answer.stdout


def test_an_environment_that_works_is_kept(bootstrap: Run, tmp_path: Path) -> None:
    uv = UV.replace("esac", "pip*) exit 0 ;;\nesac")
    assert bootstrap(python3=NEW_PYTHON, uv=uv).returncode == 0
    (tmp_path / "project" / ".venv" / "mine").touch()
    assert bootstrap(python3=NEW_PYTHON, uv=uv).returncode == 0
    assert (tmp_path / "project" / ".venv" / "mine").exists()


def test_an_environment_whose_python_is_gone_is_made_again(bootstrap: Run, tmp_path: Path) -> None:
    (tmp_path / "project" / ".venv" / "mine").mkdir(parents=True)
    answer = bootstrap(python3=NEW_PYTHON, uv=UV.replace("esac", "pip*) exit 0 ;;\nesac"))
    assert "making .venv again" in answer.stdout
    assert not (tmp_path / "project" / ".venv" / "mine").exists()
