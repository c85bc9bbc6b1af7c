"""The HTTP side: one address on the loopback interface, a token, Thrift in the bodies; files."""

import json
import re
import secrets
import socket
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import structlog
from databricks.sql.thrift_api.TCLIService import TCLIService
from thrift.protocol.TBinaryProtocol import TBinaryProtocolAccelerated
from thrift.transport.TTransport import TMemoryBuffer

from warehouse.errors import BadStatement

HOST = "127.0.0.1"
HTTP_PATH = "sql/protocolv1/o/0/0000-local"
FILES_PATH = "results"
LARGEST_BODY = 64 * 1024 * 1024
# What a request without the token may send before it is refused: room for a call, none for a flood.
LARGEST_UNKNOWN_BODY = 1024 * 1024
# How long a connection may rest between two requests, and how long one may take to arrive.
IDLE_SECONDS = 3600.0
ARRIVAL_SECONDS = 60.0
# A page of another origin reaches this port only under a name of its own (DNS rebinding).
_OWN_NAMES = re.compile(r"(?i)(127\.0\.0\.1|localhost)(:[0-9]{1,5})?")
_LENGTH = re.compile(r"[0-9]{1,12}")
_PIECE = 256 * 1024
_log = structlog.get_logger("warehouse.endpoint")


class Endpoint(ThreadingHTTPServer):
    """Listens on the loopback interface from its making on; answers once it is served.

    Raises:
        OSError: if the port is taken.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, token: str) -> None:
        self.token = token.encode()
        self.service: Any = None
        self.processor: Any = None
        self.last_request = time.monotonic()
        super().__init__((HOST, port), _Handler)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.server_address[1])

    @property
    def files(self) -> str:
        """The address of files of results."""
        return f"http://{HOST}:{self.port}/{FILES_PATH}"

    def answer_with(self, service: object) -> None:
        """Sets who answers the calls."""
        self.service = service
        self.processor = TCLIService.Processor(service)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away in the middle is no event."""
        _log.debug("connection broke off", client=str(client_address), connection=id(request))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Endpoint
    # Head and body leave in one segment: apart they would meet Nagle and the delayed answer.
    wbufsize = -1
    timeout = IDLE_SECONDS

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def parse_request(self) -> bool:
        """The first line is here: from now on the rest has to come at once."""
        self.connection.settimeout(ARRIVAL_SECONDS)
        try:
            return super().parse_request()
        finally:
            self.connection.settimeout(IDLE_SECONDS)

    def do_GET(self) -> None:
        if not self._meant_for_us():
            return
        path, _, query = self.path.partition("?")
        if path == "/.well-known/databricks-config":
            self._send(200, b"{}", "application/json")
        elif path.strip("/") == FILES_PATH:
            self._send_file(dict(parse_qsl(query)))
        else:
            self._refuse(404, f"There is nothing at {self.path}.")

    def _send_file(self, named: dict[str, str]) -> None:
        """A link bears the secret of its statement: it needs no token besides."""
        try:
            found = self.server.service.file(named)
        except BadStatement as error:
            self._refuse(404, str(error))
            return
        self.server.last_request = time.monotonic()
        self._send(200, found, "application/vnd.apache.arrow.stream")

    def do_POST(self) -> None:
        if not self._meant_for_us():
            return
        refusal = self._unauthorized()
        body = self._body(LARGEST_BODY if refusal is None else LARGEST_UNKNOWN_BODY)
        if body is None:
            return
        if refusal is not None:
            self._refuse(*refusal)
            return
        if self.path.split("?")[0].strip("/") != HTTP_PATH:
            self._refuse(404, f"There is no warehouse at {self.path}; it is at /{HTTP_PATH}.")
            return
        self.server.last_request = time.monotonic()
        try:
            answer = self._answer(body)
        except Exception:  # whatever the decoder stumbles over, it is the request that is bad
            self._refuse(400, "The request cannot be read as a call of the protocol.")
            return
        self._send(200, answer, "application/x-thrift")

    def _meant_for_us(self) -> bool:
        if _OWN_NAMES.fullmatch(self.headers.get("Host", "")):
            return True
        self._refuse(421, f"This is {HOST}; the request is addressed to another host.")
        return False

    def _body(self, largest: int) -> bytes | None:
        """The body as announced; None where the request was refused instead."""
        length = self.headers.get("Content-Length", "")
        if not _LENGTH.fullmatch(length) or "Transfer-Encoding" in self.headers:
            self._refuse(411, "The request does not say how long it is.")
        elif int(length) > largest:
            self._refuse(413, f"The request is larger than {largest // 2**20} MB.")
        elif (body := self._arrived(int(length))) is None:
            self._refuse(408, f"The request did not arrive within {ARRIVAL_SECONDS:g} seconds.")
        else:
            return body
        return None

    def _arrived(self, length: int) -> bytes | None:
        """Reads so many bytes, for as long as a request may take; None if they did not come."""
        deadline = time.monotonic() + ARRIVAL_SECONDS
        pieces, missing = [], length
        try:
            while missing and (left := deadline - time.monotonic()) > 0:
                self.connection.settimeout(left)
                piece = self.rfile.read1(min(missing, _PIECE))
                if not piece:
                    break
                pieces.append(piece)
                missing -= len(piece)
        except TimeoutError:
            return None
        finally:
            self.connection.settimeout(IDLE_SECONDS)
        return None if missing else b"".join(pieces)

    def _unauthorized(self) -> tuple[int, str] | None:
        """Code and sentence for a request that does not bear the token."""
        kind, _, token = self.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token:
            return 401, "The request bears no token."
        if not secrets.compare_digest(token.strip().encode(), self.server.token):
            return 403, "The token is not that of this start of the warehouse."
        return None

    def _answer(self, body: bytes) -> bytes:
        reply = TMemoryBuffer()
        self.server.processor.process(
            TBinaryProtocolAccelerated(TMemoryBuffer(body)), TBinaryProtocolAccelerated(reply)
        )
        return bytes(reply.getvalue())

    def _refuse(self, code: int, why: str) -> None:
        self.close_connection = True
        text = json.dumps({"error_code": code, "message": why}).encode()
        self._send(code, text, "application/json", {"X-Thriftserver-Error-Message": why})

    def _send(
        self, code: int, body: bytes | memoryview, kind: str, extra: dict[str, str] | None = None
    ) -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (extra or {}).items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        """Calls are not logged: there are thousands, and statements log for themselves."""
