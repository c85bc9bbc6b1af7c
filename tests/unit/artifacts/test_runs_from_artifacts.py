"""What a workspace hands over of a dbt task's run."""

import io
import json
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from operations.artifacts.errors import ArtifactsUnreadable
from operations.artifacts.job_run import fetch, unpack
from operations.artifacts.reading import read_artifacts
from tests.unit.artifacts.samples import result, run_results


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "target"
    folder.mkdir()
    ran = run_results(result("model.p.a"))
    for name, content in (("run_results", ran), ("manifest", {}), ("sources", {})):
        (folder / f"{name}.json").write_text(json.dumps(content))
    return folder


def tarred(target: Path) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as packed:
        packed.add(target / "run_results.json", "target/run_results.json")
        packed.add(target / "manifest.json", "../../manifest.json")
        packed.add(target / "sources.json", "target/other.json")
    return stream.getvalue()


def zipped(target: Path) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        packed.write(target / "run_results.json", "target/run_results.json")
        packed.write(target / "manifest.json", "../../manifest.json")
    return stream.getvalue()


@pytest.mark.parametrize("pack", [tarred, zipped])
def test_an_archive_is_unpacked_into_its_folder_alone(
    target: Path, tmp_path: Path, pack: Any
) -> None:
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    unpack(pack(target), folder)
    assert {file.name for file in folder.iterdir()} == {"run_results.json", "manifest.json"}
    assert [one.name for one in (tmp_path / "a").iterdir()] == ["b"]
    assert len(read_artifacts(folder)) == 1


def test_no_archive_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ArtifactsUnreadable, match="cannot be unpacked"):
        unpack(b"<html>", tmp_path)


@pytest.fixture
def store(target: Path) -> Iterator[str]:
    """The address of a store that hands the archive to whoever has the header."""
    archive = tarred(target)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            good = self.headers.get("x-key") == "k"
            self.send_response(200 if good else 403)
            self.end_headers()
            self.wfile.write(archive if good else b"")

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/artifacts"
    server.shutdown()
    server.server_close()
    thread.join()


def workspace(link: str | None, key: str = "k") -> Any:
    output = SimpleNamespace(artifacts_link=link, artifacts_headers={"x-key": key})
    return SimpleNamespace(get_run_output=lambda run: SimpleNamespace(dbt_output=output))


def test_a_run_of_a_job_is_fetched(store: str, tmp_path: Path) -> None:
    folder = tmp_path / "fetched"
    folder.mkdir()
    fetch(workspace(store), "12", folder)
    (found,) = read_artifacts(folder)
    assert found.invocation_id == "i1"


def test_a_run_that_cannot_be_fetched_is_said_so(store: str, tmp_path: Path) -> None:
    with pytest.raises(ArtifactsUnreadable, match="HTTP 403"):
        fetch(workspace(store, "other"), "12", tmp_path)
    with pytest.raises(ArtifactsUnreadable, match="did not begin"):
        fetch(workspace(None), "12", tmp_path)
    with pytest.raises(ArtifactsUnreadable, match="is a number"):
        fetch(workspace(store), "{{x}}", tmp_path)
