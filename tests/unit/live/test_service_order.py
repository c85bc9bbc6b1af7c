"""In which order services start, and which are left out."""

import pytest

from operations.live.errors import ServiceFailed
from operations.live.order import in_order, left_out
from operations.live.service import Service


def service(name: str, *needs: str, missing: str | None = None, optional: bool = True) -> Service:
    return Service(
        name=name,
        ports=(),
        command=lambda _: ["true"],
        is_healthy=lambda _: True,
        missing=lambda: missing,
        optional=optional,
        needs=needs,
    )


def test_needed_ones_come_first() -> None:
    wanted = in_order([service("alerts", "metrics"), service("metrics", "store"), service("store")])
    assert [one.name for one in wanted] == ["store", "metrics", "alerts"]


def test_what_is_needed_has_to_be_there() -> None:
    with pytest.raises(ServiceFailed, match="alerts needs metrics"):
        in_order([service("alerts", "metrics")])


def test_a_circle_is_told() -> None:
    with pytest.raises(ServiceFailed, match="need each other: "):
        in_order([service("a", "b"), service("b", "a")])


def test_who_is_not_installed_is_left_out_with_those_that_need_it() -> None:
    ordered = in_order(
        [
            service("streams", "broker", "store"),
            service("broker", missing="no jars", optional=False),
            service("store", missing="no store. Install it."),
            service("charts", "streams"),
            service("mail"),
        ]
    )
    assert left_out(ordered) == {
        "store": "no store. Install it.",
        "streams": "it needs store.",
        "charts": "it needs streams.",
    }


def test_what_is_not_optional_is_never_left_out() -> None:
    needed = service("streams", "store", optional=False)
    assert set(left_out([service("store", missing="gone"), needed])) == {"store"}
