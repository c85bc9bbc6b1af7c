"""Fetches the jars that Spark needs beside its own, once, with the Ivy inside PySpark."""

import fcntl
import hashlib
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pyspark
from rich.console import Console

from warehouse.errors import JarsUnavailable, WarehouseError
from warehouse.java import java_home
from warehouse.network import network_options
from warehouse.settings import cache_directory


@dataclass(frozen=True, slots=True)
class Jar:
    """One artifact of Maven Central and the sha256 of its bytes."""

    organisation: str
    name: str
    version: str
    sha256: str

    @property
    def file(self) -> str:
        """The file name under which it is kept."""
        return f"{self.name}-{self.version}.jar"

    def is_whole(self, path: Path) -> bool:
        """Whether the file is this very artifact."""
        return path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == self.sha256


JARS = (
    Jar("io.delta", "delta-spark_4.2_2.13", "4.4.0",
        "27d4fd8b1f879535c573ed1c718177d6a27f24d3e626ba02e216369725721ead"),
    Jar("io.delta", "delta-storage", "4.4.0",
        "c46735481fa8e326b0957be02b4420cbcab4b325bb08009b7f2045a95133f1cc"),
    Jar("org.apache.spark", "spark-sql-kafka-0-10_2.13", "4.2.0",
        "64539c45e5d39f7ddb747312c239f38f5208d08c1a0ddf7d70beb2fbd9373705"),
    Jar("org.apache.spark", "spark-token-provider-kafka-0-10_2.13", "4.0.0",
        "f2be3b76f9e6cbe63379d4e4e0dc14f59dbf056ae2ad16ff15ac108004c86767"),
    Jar("org.apache.kafka", "kafka-clients", "3.9.2",
        "014b4ef36884478a932641818b080c36a8f8e2e92dc771e800c9d2694f4f83d8"),
    Jar("org.apache.commons", "commons-pool2", "2.13.1",
        "f77a5060d6936a9144023584232f9de3f2248f1abfe156e9d31795f18770674f"),
    Jar("com.globalmentor", "hadoop-bare-naked-local-fs", "0.1.0",
        "e0cc30fb0531eb0b59468dc0abf5b257533d2365b5e9f45e795edd707aa78c62"),
)  # fmt: skip

_SETTINGS = """<ivysettings>
  <settings defaultResolver="central"/>
  <caches defaultCacheDir={cache}/>
  <resolvers><ibiblio name="central" m2compatible="true"/></resolvers>
</ivysettings>
"""
_MODULE = """<ivy-module version="2.0">
  <info organisation="lakeledger" module="jars"/>
  <configurations><conf name="default"/></configurations>
  <dependencies>{dependencies}</dependencies>
</ivy-module>
"""


def locked_jars(lock: Path) -> tuple[Jar, ...]:
    """The jars of a lock file: group, name, version and sha256, one to a line."""
    lines = lock.read_text(encoding="utf-8").splitlines()
    return tuple(Jar(*line.split()) for line in lines if line and not line.startswith("#"))


def ensure_jars(cache: Path, wanted: Sequence[Jar] | None = None) -> list[Path]:
    """The paths of jars (default: Spark's) under ``cache``/jars; what is missing is fetched.

    A jar is checked against its recorded sum when it arrives, and again at each start (0.1 s for
    all): one that was changed since is fetched anew. A fetch that broke off goes on where it
    stopped.

    Raises:
        JarsUnavailable: if Maven Central cannot be reached or sends other bytes than expected.
        JavaNotFound: if there is no Java to run Ivy with.
    """
    folder = cache / "jars"
    jars = JARS if wanted is None else wanted
    missing = [jar for jar in jars if not jar.is_whole(folder / jar.file)]
    if missing:
        _fetch(missing, folder, cache)
    return [folder / jar.file for jar in jars]


def _fetch(missing: list[Jar], folder: Path, cache: Path) -> None:
    home = java_home(cache)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a second process waits and then finds them
        wanted = [jar for jar in missing if not jar.is_whole(folder / jar.file)]
        work = folder / ".fetch"  # stays after a failure: what has arrived is not asked for again
        work.mkdir(exist_ok=True)
        said = _run_ivy(wanted, home, work) if wanted else ""
        for jar in wanted:
            _adopt(jar, work / "jars" / jar.file, folder, said)
        shutil.rmtree(work)


def _run_ivy(jars: list[Jar], home: Path, work: Path) -> str:
    """Runs Ivy for these jars; what it retrieved is in ``work``/jars, what it said is returned."""
    dependencies = "".join(
        f'<dependency org="{jar.organisation}" name="{jar.name}" rev="{jar.version}" '
        'transitive="false" conf="default->master"/>'
        for jar in jars
    )
    settings, module = work / "settings.xml", work / "ivy.xml"
    settings.write_text(_SETTINGS.format(cache=quoteattr(str(work / "ivy"))))
    module.write_text(_MODULE.format(dependencies=dependencies))
    ivy = next(Path(pyspark.__file__).parent.glob("jars/ivy-*.jar"))
    command = [
        str(home / "bin" / "java"), *network_options(work), "-jar", str(ivy),
        "-settings", str(settings), "-ivy", str(module),
        "-retrieve", str(work / "jars" / "[artifact]-[revision].[ext]"),
    ]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=900, cwd=work)
    except subprocess.TimeoutExpired:
        return "the transfer took longer than 15 minutes"
    return done.stdout + done.stderr


def _adopt(jar: Jar, arrived: Path, folder: Path, said: str) -> None:
    if not arrived.exists():
        reasons = re.findall(r"(?:Exception|error)[^\n]*|took longer[^\n]*", said)
        raise JarsUnavailable(
            f"{jar.file} could not be fetched from Maven Central. Check the network (HTTPS_PROXY "
            "and SSL_CERT_FILE are used where they are set) and try again: what has arrived is "
            f"kept. Ivy said: {reasons[0].strip()[:300] if reasons else 'nothing about the cause'}"
        )
    found = hashlib.sha256(arrived.read_bytes()).hexdigest()
    if found != jar.sha256:
        shutil.rmtree(arrived.parent.parent)
        raise JarsUnavailable(
            f"{jar.file} arrived with the sha256 {found} instead of {jar.sha256} and was thrown "
            "away. Something between here and Maven Central changes files: fetch without it."
        )
    arrived.replace(folder / jar.file)


def main() -> int:
    """Fetches what is missing and says what it does."""
    cache = cache_directory()
    missing = [jar for jar in JARS if not jar.is_whole(cache / "jars" / jar.file)]
    console = Console(stderr=True)
    try:
        if missing:
            names = ", ".join(jar.name for jar in missing)
            with console.status(f"Fetching {len(missing)} jars from Maven Central: {names}"):
                ensure_jars(cache)
    except WarehouseError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Jars: {len(JARS)} in {cache / 'jars'}, {len(missing)} of them fetched now")
    return 0


if __name__ == "__main__":
    sys.exit(main())
