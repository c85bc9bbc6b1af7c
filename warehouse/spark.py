"""Starts and stops the one Spark session of a process, with its own JVM."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyspark
from pyspark import SparkConf, SparkContext
from pyspark.java_gateway import launch_gateway
from pyspark.sql import SparkSession

from warehouse.cds import ClassArchive, class_archive
from warehouse.errors import EngineFailed
from warehouse.jars import ensure_jars
from warehouse.java import java_home, real_home
from warehouse.settings import make_private, without_secrets
from warehouse.spark_settings import Catalog, Profile, jvm_options, spark_settings

_STOP_SECONDS = 30
_STRANGERS = ("SPARK_CONF_DIR", "HADOOP_CONF_DIR", "PYSPARK_SUBMIT_ARGS", "SPARK_DIST_CLASSPATH")
_archives: dict[int, ClassArchive] = {}


def local_session(
    *, root: Path, cache: Path, app_name: str, catalog: Catalog, profile: Profile
) -> SparkSession:
    """A new Spark session with Delta in a JVM of its own, keeping its state under ``root``.

    ``catalog`` "derby" is lasting and can be held by one process at a time, "memory" is for those
    who read and write by path. ``profile`` "interactive" is for hundreds of small statements,
    "lasting" for thousands of them over many minutes, "bulk" for few long ones, "streams" for
    several queries beside each other. LAKELEDGER_MEMORY sets the size of the JVM's heap (2g).

    Raises:
        EngineFailed: if the JVM or Spark does not come up, or a session is running already.
        JarsUnavailable, JavaNotFound: if a thing that is needed is missing.
    """
    if SparkContext._active_spark_context is not None:
        raise EngineFailed("This process runs a Spark session already; stop that one first.")
    for folder in ("lakehouse", "logs", "run", "run/spark"):
        make_private(root / folder)
    home = java_home(cache)
    jars = ensure_jars(cache)
    own = sorted((Path(pyspark.__file__).parent / "jars").glob("*.jar"))
    kind = "bulk" if profile in ("bulk", "streams") else "interactive"
    archive = class_archive(cache, real_home(home), [*jars, *own], kind)
    conf = SparkConf(loadDefaults=False).setAppName(app_name)
    conf.setAll(list(spark_settings(root, catalog, profile).items()))
    conf.set("spark.driver.memory", os.environ.get("LAKELEDGER_MEMORY") or "2g")
    conf.set("spark.driver.extraClassPath", os.pathsep.join(map(str, jars)))
    options = (*jvm_options(root, profile, f"{app_name}.spark.log"), *archive.options)
    conf.set("spark.driver.extraJavaOptions", " ".join(f'"{option}"' for option in options))
    return _launch(conf, home, root / "logs" / f"{app_name}.jvm.log", archive)


def _launch(conf: SparkConf, home: Path, log: Path, archive: ClassArchive) -> SparkSession:
    gateway = None
    with log.open("ab") as output, _environment(home):
        try:
            gateway = launch_gateway(conf, {"stdout": output, "stderr": output})
            SparkContext(conf=conf, gateway=gateway)
            _unpack_codecs(gateway.jvm)
        except Exception as error:
            SparkContext._gateway = SparkContext._jvm = None
            if gateway is not None:
                gateway.proc.kill()
                gateway.proc.wait()
            raise EngineFailed(f"Spark did not start; {log} says why ({error}).") from error
    _archives[gateway.proc.pid] = archive
    return SparkSession.builder.getOrCreate()


def _unpack_codecs(jvm: Any) -> None:
    """Loads what would be unpacked at its first use, and never again in a JVM where that failed.

    A process that met a full disk there could not write when there is room again.
    """
    jvm.org.xerial.snappy.Snappy.getNativeLibraryVersion()
    jvm.com.github.luben.zstd.util.Native.load()


@contextmanager
def _environment(home: Path) -> Iterator[None]:
    """While the JVM starts: this Java and this PySpark, whatever else the environment names.

    The JVM gets no secrets: it would write them down if it crashed.
    """
    wanted = {
        "JAVA_HOME": str(home),
        "SPARK_HOME": str(Path(pyspark.__file__).parent),
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_LOCAL_IP": "127.0.0.1",
        # Starts the small JVM that only puts the command line together.
        "SPARK_LAUNCHER_OPTS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    }
    secrets = os.environ.keys() - without_secrets(os.environ).keys()
    strangers = (*_STRANGERS, *secrets)
    before = {name: os.environ.get(name) for name in (*wanted, *strangers)}
    for name in strangers:
        os.environ.pop(name, None)
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def stop_session(spark: SparkSession) -> None:
    """Stops the session, waits until its JVM is gone and keeps the class archive it wrote."""
    context = spark.sparkContext
    gateway = context._gateway
    process: subprocess.Popen[bytes] = gateway.proc
    if process.poll() is None:
        spark.stop()
        gateway.shutdown()
    SparkContext._gateway = SparkContext._jvm = None
    process.stdin.close()  # type: ignore[union-attr]
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    archive = _archives.pop(process.pid, None)
    if archive is not None:
        archive.adopt()
