"""Labelled frauds look like what they are called, and events do not say so."""

import json
from collections import defaultdict
from datetime import datetime

import pytest

from operations.orders.kinds import Fraud
from operations.orders.stream import OrderStream


@pytest.fixture(scope="module")
def orders(hostile):
    found = {}
    for value in hostile.values:
        try:
            order = json.loads(value or b"")
            found.setdefault(order["order_id"], order)
        except (ValueError, TypeError, KeyError):
            continue
    return found


@pytest.fixture(scope="module")
def episodes(hostile, orders):
    """The labelled orders by kind and episode."""
    grouped = defaultdict(lambda: defaultdict(list))
    for label in hostile.expected["frauds"]:
        grouped[label["kind"]][label["episode"]].append(orders[label["order_id"]])
    return grouped


def seconds(order):
    return datetime.fromisoformat(order["order_time"]).timestamp()


def amount(order):
    return order["price"] * order["quantity"]


def test_all_five_kinds_are_labelled_in_the_asked_share(hostile, episodes):
    assert set(episodes) == {fraud.name for fraud in Fraud if fraud}
    assert 0.02 <= len(hostile.expected["frauds"]) / 6000 < 0.023


def test_no_event_tells_its_label(hostile):
    for value in hostile.values:
        assert b"fraud" not in (value or b"")
        assert b"episode" not in (value or b"")


def test_high_value_is_far_above_what_the_customer_pays(orders, episodes):
    labelled = {o["order_id"] for group in episodes["high_value"].values() for o in group}
    own = defaultdict(list)
    for order in orders.values():
        if order["order_id"] not in labelled and order.get("user_id"):
            own[order["user_id"]].append(amount(order))
    for (order,) in episodes["high_value"].values():
        usual = sorted(own[order["user_id"]])
        assert usual
        assert amount(order) > 4 * usual[len(usual) // 2]


def test_velocity_is_eight_orders_of_one_customer_in_two_minutes(episodes):
    for group in episodes["velocity"].values():
        times = [seconds(order) for order in group]
        assert len(group) == 8
        assert len({order["user_id"] for order in group}) == 1
        assert max(times) - min(times) <= 122


def test_a_new_account_registered_within_twelve_hours(hostile, episodes):
    registered = OrderStream(hostile.options).world.registered
    for (order,) in episodes["new_account"].values():
        age = seconds(order) - registered[order["user_id"] - 1001] / 1000
        assert 590 <= age <= 12 * 3600
        assert amount(order) > 70


def test_impossible_travel_is_two_more_cities_in_half_an_hour(orders, episodes):
    for group in episodes["impossible_travel"].values():
        first, second = group
        assert first["user_id"] == second["user_id"]
        near = [
            order["city"]
            for order in orders.values()
            if order.get("user_id") == first["user_id"]
            and abs(seconds(order) - seconds(first)) < 1802
        ]
        assert len(set(near)) >= 3


def test_a_shared_instrument_serves_six_customers(orders, episodes):
    for group in episodes["shared_instrument"].values():
        assert len({order["user_id"] for order in group}) == 6
        cards = {order["card_id"] for order in group}
        devices = {order["device_id"] for order in group}
        assert 1 in (len(cards), len(devices))
    honest = {
        o["order_id"] for g in episodes["shared_instrument"].values() for o in g
    }.symmetric_difference(orders)
    owners = defaultdict(set)
    for order_id in honest:
        order = orders[order_id]
        if order.get("user_id"):
            owners[order["device_id"]].add(order["user_id"])
    assert max(len(users) for users in owners.values()) == 1


def test_few_orders_have_no_frauds(playing):
    assert playing(count=199).expected["frauds"] == []
    kinds = {label["kind"] for label in playing(count=200).expected["frauds"]}
    assert len(kinds) == 5
