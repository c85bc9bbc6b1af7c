"""In which order services start."""

import pytest

from operations.live.errors import ServiceFailed
from operations.live.order import in_order
from operations.live.service import Service


def service(name: str, *needs: str) -> Service:
    return Service(
        name=name, ports=(), command=lambda _: ["true"], is_healthy=lambda _: True, needs=needs
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
