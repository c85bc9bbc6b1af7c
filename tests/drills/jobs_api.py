"""The Jobs API of Databricks as far as a scheduler needs it, on loopback; runs end when asked."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "made-up-token"
Document = dict[str, Any]


@dataclass(slots=True)
class JobsApi:
    """Jobs by name; a run of a job in ``failing`` fails. A run takes ``looks`` looks at it."""

    jobs: Mapping[str, int]
    failing: set[str] = field(default_factory=set)
    looks: int = 3
    port: int = 0
    runs: list[Document] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def names(self) -> list[str]:
        """The jobs that were run, in the order of their runs."""
        return [run["name"] for run in self.runs]

    def answer(self, path: str, given: Document) -> Document:
        """The body of the answer to a request.

        Raises:
            KeyError: for a path, job or run that there is not.
        """
        with self._lock:
            ask = {
                "/api/2.2/jobs/list": self._list,
                "/api/2.2/jobs/run-now": self._run_now,
                "/api/2.2/jobs/runs/get": self._get,
                "/api/2.2/jobs/runs/get-output": self._output,
            }[path]
            return ask(given)

    def _list(self, given: Document) -> Document:
        return {
            "jobs": [
                {"job_id": number, "settings": {"name": name}}
                for name, number in self.jobs.items()
                if name == given["name"]
            ]
        }

    def _run_now(self, given: Document) -> Document:
        token = given["idempotency_token"]
        assert 0 < len(token) <= 64, token
        for run in self.runs:
            if run["token"] == token:
                return {"run_id": run["run_id"]}
        name = {number: name for name, number in self.jobs.items()}[given["job_id"]]
        run = {"run_id": 1000 + len(self.runs), "name": name, "token": token, "looks": 0}
        self.runs.append(run)
        return {"run_id": run["run_id"]}

    def _get(self, given: Document) -> Document:
        run = next(one for one in self.runs if one["run_id"] == int(given["run_id"]))
        run["looks"] += 1
        ended = run["looks"] > self.looks
        result = "FAILED" if run["name"] in self.failing else "SUCCESS"
        state = {"life_cycle_state": "TERMINATED", "result_state": result, "state_message": "told"}
        return {
            "job_id": self.jobs[run["name"]],
            "run_id": run["run_id"],
            "run_page_url": f"http://127.0.0.1/run/{run['run_id']}",
            "state": state if ended else {"life_cycle_state": "RUNNING", "state_message": ""},
            "tasks": [{"task_key": "only", "run_id": run["run_id"], "state": state}],
        }

    def _output(self, given: Document) -> Document:
        return {"error": f"run {given['run_id']} failed, as it was told"}


@contextmanager
def served(api: JobsApi) -> Iterator[JobsApi]:
    """Answers on a free port of loopback, which it writes into ``api.port``."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(api))
    api.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(api: JobsApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            self._answer({name: values[0] for name, values in query.items()})

        def do_POST(self) -> None:
            self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def _answer(self, given: Document) -> None:
            # The provider asks some things by GET with a body.
            if self.command == "GET" and (size := int(self.headers.get("Content-Length", 0))):
                given |= json.loads(self.rfile.read(size))
            status, body = 200, {}
            if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                status = 403
            else:
                try:
                    body = api.answer(urlsplit(self.path).path, given)
                except (KeyError, StopIteration, AssertionError) as error:
                    api.refused.append(f"{self.path}: {error!r}")
                    status = 400
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    return Handler
