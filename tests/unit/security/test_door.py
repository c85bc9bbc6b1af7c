"""The endpoint's door: who is let in, under which name, with how much, in which time."""

import http.client
import socket
import threading
from collections.abc import Iterator

import pytest

import warehouse.endpoint
from warehouse.answers import RefusedCalls
from warehouse.endpoint import HTTP_PATH, LARGEST_BODY, LARGEST_UNKNOWN_BODY, Endpoint

TOKEN = "t0ken-of-this-start"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
# The call GetInfo of a Thrift binary message: header, name, empty arguments.
CALL = b"\x80\x01\x00\x01" + b"\x00\x00\x00\x07GetInfo" + b"\x00\x00\x00\x01" + b"\x00"


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    server = Endpoint(0, TOKEN)
    server.answer_with(RefusedCalls())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def ask(endpoint: Endpoint, body: bytes = CALL, method: str = "POST", **headers: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", endpoint.port, timeout=10)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, f"/{HTTP_PATH}", body=body, headers=named)
    status = connection.getresponse().status
    connection.close()
    return status


def raw(endpoint: Endpoint, text: bytes) -> bytes:
    """What comes back for these very bytes."""
    with socket.create_connection(("127.0.0.1", endpoint.port), timeout=10) as connection:
        connection.sendall(text)
        return connection.makefile("rb").readline()


def head(*lines: str, host: str = "127.0.0.1") -> bytes:
    return "\r\n".join([f"POST /{HTTP_PATH} HTTP/1.1", f"Host: {host}", *lines, "", ""]).encode(
        "latin-1"
    )


def test_it_listens_on_the_loopback_interface_only(endpoint: Endpoint) -> None:
    assert endpoint.server_address[0] == "127.0.0.1"


def test_the_bearer_of_the_token_is_answered(endpoint: Endpoint) -> None:
    assert ask(endpoint, **BEARER) == 200
    assert ask(endpoint, Host=f"localhost:{endpoint.port}", **BEARER) == 200


@pytest.mark.parametrize(
    ("authorization", "status"),
    [("", 401), ("Bearer", 401), ("Basic dDp0", 401), ("Bearer other", 403), ("Bearer \xe9", 403)],
)
def test_nobody_else_is(endpoint: Endpoint, authorization: str, status: int) -> None:
    assert ask(endpoint, Authorization=authorization) == status


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "evil.example:10443", "", "localhost.evil"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_request_for_another_host_is_refused(endpoint: Endpoint, host: str, method: str) -> None:
    assert ask(endpoint, method=method, Host=host, **BEARER) == 421


@pytest.mark.parametrize("length", ["", "-1", "1e3", "\xb2", "9" * 5000, "0x10", "1 2"])
def test_a_length_that_is_none_is_refused(endpoint: Endpoint, length: str) -> None:
    lines = (f"Authorization: Bearer {TOKEN}", f"Content-Length: {length}")
    assert b" 411 " in raw(endpoint, head(*lines))


def test_a_body_in_chunks_is_refused(endpoint: Endpoint) -> None:
    lines = (f"Authorization: Bearer {TOKEN}", "Transfer-Encoding: chunked", "Content-Length: 3")
    assert b" 411 " in raw(endpoint, head(*lines) + b"abc")


@pytest.mark.parametrize("length", [LARGEST_BODY + 1, 10 * 2**30])
def test_a_body_of_gigabytes_is_refused_before_it_is_read(endpoint: Endpoint, length: int) -> None:
    lines = (f"Authorization: Bearer {TOKEN}", f"Content-Length: {length}")
    assert b" 413 " in raw(endpoint, head(*lines))


def test_a_stranger_may_send_little(endpoint: Endpoint) -> None:
    assert b" 413 " in raw(endpoint, head(f"Content-Length: {LARGEST_UNKNOWN_BODY + 1}"))


def test_a_body_that_does_not_come_is_not_waited_for(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warehouse.endpoint, "ARRIVAL_SECONDS", 0.2)
    lines = (f"Authorization: Bearer {TOKEN}", "Content-Length: 1000")
    assert b" 408 " in raw(endpoint, head(*lines) + b"abc")
    assert ask(endpoint, **BEARER) == 200


def test_a_head_that_does_not_come_is_not_waited_for(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warehouse.endpoint, "ARRIVAL_SECONDS", 0.2)
    assert raw(endpoint, b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n") == b""
