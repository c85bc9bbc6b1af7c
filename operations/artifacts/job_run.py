"""What a dbt task of a Databricks job has left: fetched from the workspace after its run."""

import io
import tarfile
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

import urllib3

from operations.artifacts.errors import ArtifactsUnreadable
from operations.artifacts.reading import FILES

WANTED = (*FILES, "manifest.json")
_SECONDS = 60.0
# Manifests of large projects have tens of megabytes; what is far beyond is none.
_LARGEST = 1024 * 1024 * 1024


def fetch(jobs: Any, run_id: str, folder: Path) -> None:
    """Writes the results of a task's run into a folder; ``jobs`` is the API of the workspace.

    Raises:
        ArtifactsUnreadable: if the run is none of dbt, has left nothing, or cannot be fetched.
    """
    if not run_id.isdecimal():
        raise ArtifactsUnreadable(f"{run_id!r} is no run: a run of a job is a number.")
    output = jobs.get_run_output(int(run_id)).dbt_output
    if output is None or not output.artifacts_link:
        raise ArtifactsUnreadable(f"Run {run_id} has left no artifacts of dbt: it did not begin.")
    unpack(_download(output.artifacts_link, output.artifacts_headers or {}, run_id), folder)


def unpack(archive: bytes, folder: Path) -> None:
    """Writes those files of an archive, tar or zip, that are read here, without their folders.

    Raises:
        ArtifactsUnreadable: if it is neither.
    """
    try:
        for name, content in _members(archive):
            (folder / name).write_bytes(content)
    except (tarfile.TarError, zipfile.BadZipFile, EOFError) as error:
        raise ArtifactsUnreadable(f"The artifacts cannot be unpacked: {error}.") from error


def _members(archive: bytes) -> list[tuple[str, bytes]]:
    stream = io.BytesIO(archive)
    if zipfile.is_zipfile(stream):
        with zipfile.ZipFile(stream) as packed:
            found = {_name(one.filename): one for one in packed.infolist()}
            return [(name, packed.read(found[name])) for name in WANTED if name in found]
    stream.seek(0)
    with tarfile.open(fileobj=stream) as packed_tar:
        plain = {_name(one.name): one for one in packed_tar if one.isfile()}
        files = [(name, packed_tar.extractfile(plain[name])) for name in WANTED if name in plain]
        return [(name, file.read()) for name, file in files if file is not None]


def _name(path: str) -> str:
    return PurePosixPath(path).name


def _download(link: str, headers: dict[str, str], run_id: str) -> bytes:
    try:
        answer = urllib3.request("GET", link, headers=headers, timeout=_SECONDS)
    except urllib3.exceptions.HTTPError as error:
        said = f"The artifacts of run {run_id} cannot be fetched: {error}."
        raise ArtifactsUnreadable(said) from error
    if answer.status != 200 or len(answer.data) > _LARGEST:
        raise ArtifactsUnreadable(
            f"The artifacts of run {run_id} cannot be fetched (HTTP {answer.status});"
            " load them again: the link is made anew each time."
        )
    return answer.data
