"""Sessions that are kept, and one whose engine is gone."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from databricks.sql.exc import ServerOperationError

from operations.sessions import Sessions

LOST = ServerOperationError("[INVALID_HANDLE.SESSION_NOT_FOUND] This session is not open.")


class Session:
    """A session that is its own cursor."""

    def __init__(self) -> None:
        self.fault: Exception | None = None
        self.closed = False

    @contextmanager
    def cursor(self) -> Iterator["Session"]:
        yield self

    def answer(self) -> str:
        if self.fault:
            raise self.fault
        return "answer"

    def close(self) -> None:
        self.closed = True


class Engine:
    """Opens sessions, and remembers them."""

    def __init__(self) -> None:
        self.opened: list[Session] = []

    def connect(self) -> Session:
        self.opened.append(Session())
        return self.opened[-1]


def asked(cursor: Any) -> str:
    return str(cursor.answer())


@pytest.mark.parametrize("fault", [ConnectionError("refused"), LOST], ids=["refused", "unknown"])
def test_a_lost_engine_is_asked_again_in_a_new_session(fault: Exception) -> None:
    engine = Engine()
    sessions = Sessions(engine.connect)
    assert sessions.ask(asked) == sessions.ask(asked) == "answer"
    assert len(engine.opened) == 1
    engine.opened[0].fault = fault
    assert sessions.ask(asked) == "answer"
    assert [session.closed for session in engine.opened] == [True, False]


def test_what_is_wrong_with_a_question_is_asked_once() -> None:
    engine = Engine()
    sessions = Sessions(engine.connect)
    sessions.ask(asked)
    engine.opened[0].fault = ServerOperationError("[PARSE_SYNTAX_ERROR] near 'selekt'")
    with pytest.raises(ServerOperationError, match="PARSE"):
        sessions.ask(asked)
    assert len(engine.opened) == 1
    assert engine.opened[0].closed


def test_a_new_session_that_fails_is_not_tried_again() -> None:
    def refused() -> Session:
        tried.append(1)
        raise ConnectionError("refused")

    tried: list[int] = []
    with pytest.raises(ConnectionError):
        Sessions(refused).ask(asked)
    assert len(tried) == 1


def test_two_at_once_have_a_session_each() -> None:
    engine = Engine()
    sessions = Sessions(engine.connect)
    with sessions.cursor() as one, sessions.cursor() as other:
        assert one is not other
    sessions.ask(asked)
    assert len(engine.opened) == 2
