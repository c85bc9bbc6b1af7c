"""An archive of loaded Java classes, made once, that shortens every later start of the JVM."""

import hashlib
import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_ABANDONED_SECONDS = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassArchive:
    """The Java options for one start, and the file to adopt after the stop, if one is written."""

    options: tuple[str, ...]
    written: Path | None
    final: Path

    def adopt(self) -> None:
        """Gives the archive that this run wrote its lasting name; nothing if there is none."""
        if self.written is None or not self.written.exists():
            return
        self.written.replace(self.final)
        flavour = self.final.name.rsplit("-", 1)[0]
        for old in self.final.parent.glob(f"{flavour}-*.jsa"):
            if old != self.final:  # made for jars or a Java that have been replaced since
                old.unlink(missing_ok=True)


def class_archive(cache: Path, home: Path, classpath: Sequence[Path], flavour: str) -> ClassArchive:
    """The archive for this Java, these jars and this flavour of settings.

    While none exists the JVM is told to write one under a name of its own when it ends; it gets
    its lasting name by a rename, so a reader sees a whole archive or none. The JVM itself checks
    that an archive fits and goes on without it where it does not.
    """
    folder = cache / "cds"
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{flavour}-{_fingerprint(home, classpath)}"
    final = folder / f"{stem}.jsa"
    base = _base_archive(home, folder)
    prefix = f"{base}:" if base else ""
    if final.exists():
        options = (f"-XX:SharedArchiveFile={prefix}{final}", "-Xshare:auto", "-Xlog:disable")
        return ClassArchive(options=options, written=None, final=final)
    _sweep(folder)
    written = folder / f"{stem}.{os.getpid()}.tmp"
    shared = (f"-XX:SharedArchiveFile={base}",) if base else ()
    options = (*shared, f"-XX:ArchiveClassesAtExit={written}", "-Xlog:disable")
    return ClassArchive(options=options, written=written, final=final)


def _fingerprint(home: Path, classpath: Sequence[Path]) -> str:
    parts = [str(home)]
    for jar in (home / "lib" / "modules", *sorted(classpath)):
        found = jar.stat()
        parts.append(f"{jar}:{found.st_size}:{found.st_mtime_ns}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _base_archive(home: Path, folder: Path) -> Path | None:
    """The archive of Java's own classes where the runtime brings none (made in a second), or None.

    None also where it could not be made: the start is slower then, and that is all.
    """
    if (home / "lib" / "server" / "classes.jsa").exists():
        return None
    base = folder / f"base-{_fingerprint(home, ())}.jsa"
    if not base.exists():
        fresh = base.with_suffix(f".{os.getpid()}.tmp")
        dump = [str(home / "bin" / "java"), "-Xshare:dump", f"-XX:SharedArchiveFile={fresh}"]
        try:
            subprocess.run(dump, capture_output=True, timeout=60, check=True)
            fresh.replace(base)
        except (OSError, subprocess.SubprocessError):
            return None
    return base


def _sweep(folder: Path) -> None:
    """Removes what processes that were killed left behind."""
    for left in folder.glob("*.tmp"):
        try:
            if time.time() - left.stat().st_mtime > _ABANDONED_SECONDS:
                left.unlink()
        except FileNotFoundError:
            continue
