"""What is sent: shapes, versions, keys, defects, hostile messages, order."""

import gzip
import json
from collections import Counter
from datetime import datetime
from itertools import pairwise

import numpy as np
import pytest
from played import options
from recount import reason

from operations.orders.kinds import HOSTILE, Kind
from operations.orders.rows import order_numbers
from operations.orders.settings import DefectRates
from operations.orders.stream import OrderStream

UNREADABLE = {"malformed_json", "invalid_utf8", "no_value", "empty_line"}
V1 = {
    *("schema_version", "order_id", "user_id", "dish_id", "restaurant_id", "category", "price"),
    *("quantity", "order_time", "city", "latitude", "longitude"),
    *("payment_method", "card_id", "device_id"),
}


@pytest.fixture(scope="module")
def orders(hostile):
    return [json.loads(value) for value in hostile.values if reason(value) is None]


def test_the_same_options_make_the_same_bytes(playing):
    assert playing(count=3000).messages == playing(count=3000).messages
    assert playing(count=3000).values != playing(count=3000, seed=2).values


def test_seeds_share_no_order_id():
    indexes = np.arange(5000)
    made = [order_numbers(seed, indexes) for seed in (0, 1, 2, 2**32 - 1)]
    assert len(np.unique(np.concatenate(made))) == 4 * 5000


def test_order_ids_are_unique_but_for_copies(hostile):
    ids = Counter(
        json.loads(value)["order_id"] for value in hostile.values if reason(value) not in UNREADABLE
    )
    copies = sum(count - 1 for count in ids.values())
    assert copies == hostile.expected["duplicates"] > 0
    assert max(ids.values()) == 2


def test_a_copy_is_the_same_bytes_sent_later(hostile):
    first = {}
    for message in hostile.messages:
        if reason(message.value) in UNREADABLE:
            continue
        earlier = first.setdefault(json.loads(message.value)["order_id"], message)
        assert earlier._replace(moment=0) == message._replace(moment=0)
        assert earlier.moment <= message.moment


def test_messages_are_in_the_order_of_their_moments(hostile):
    moments = [message.moment for message in hostile.messages]
    assert moments == sorted(moments)


def test_each_version_has_its_fields(orders):
    for order in orders:
        version = order["schema_version"]
        assert set(order) == (V1 if version == 1 else V1 | {"message"})
        assert version == 3 or isinstance(order["quantity"], int)
        assert round(order["price"], 2) == order["price"]
        assert round(order["quantity"], 3) == order["quantity"]
    weighed = [o["quantity"] for o in orders if not isinstance(o["quantity"], int)]
    assert any(len(str(quantity).split(".")[1]) == 3 for quantity in weighed)


@pytest.mark.parametrize("shares", [(0.3, 0.3, 0.4), (1, 0, 0), (0, 0, 1), (0.5, 0.5, 0)])
def test_versions_follow_each_other_in_their_shares(playing, shares):
    played = playing("none", count=8000, versions=shares)
    versions = [json.loads(value)["schema_version"] for value in played.values]
    for version, share in enumerate(shares, start=1):
        assert versions.count(version) / 8000 == pytest.approx(share, abs=0.01)
    halves = sum(versions[:4000]) / 4000, sum(versions[4000:]) / 4000
    assert halves[0] <= halves[1]
    present = [version for version, share in enumerate(shares, start=1) if share]
    assert (versions[0], versions[-1]) == (present[0], present[-1])


def test_key_and_headers_say_what_the_value_says(hostile):
    for message in hostile.messages:
        assert [name for name, _ in message.headers] == ["region", "schema-version"]
        if reason(message.value) is None:
            order = json.loads(message.value)
            assert message.key == str(order["user_id"]).encode()
            assert dict(message.headers)["schema-version"] == str(order["schema_version"]).encode()
            assert dict(message.headers)["region"].startswith(b"eu-")


def test_an_order_without_user_has_no_key(hostile):
    without = [m for m in hostile.messages if reason(m.value) == "missing_key:user_id"]
    assert without
    assert {message.key for message in without} == {None}
    assert {"user_id" in json.loads(message.value) for message in without} == {True, False}


def test_every_hostile_kind_comes_and_a_tombstone_has_a_key(hostile):
    defects = hostile.expected["defects"]
    assert {kind.name for kind in HOSTILE} | {"oversize"} <= set(defects)
    gone = [message for message in hostile.messages if message.value is None]
    empty = [message for message in hostile.messages if message.value == b""]
    assert len(gone) == defects["tombstone"]
    assert len(empty) == defects["empty_value"]
    assert all(message.key for message in (*gone, *empty))


def test_a_hostile_message_is_what_its_kind_says(hostile):
    parsed = [json.loads(m.value) for m in hostile.messages if reason(m.value) is None]
    texts = [order.get("message", "") for order in parsed]
    assert any("\U0001f382" in text for text in texts)
    assert any("\u0634" in text or "\u05d1" in text for text in texts)
    assert max(len(value or b"") for value in hostile.values) > 2_000_000
    assert any(b"\xff\xfe" in (value or b"") for value in hostile.values)
    assert any(b'"schema_version":9' in (value or b"") for value in hostile.values)
    assert any(b'"order_time":"1970-01-01T' in (value or b"") for value in hostile.values)


def test_the_large_message_stays_large_when_compressed(hostile):
    large = max((value or b"" for value in hostile.values), key=len)
    assert len(gzip.compress(large, 1)) > 1_300_000


@pytest.mark.parametrize("rate", [0.0, 0.05, 0.3])
def test_rates_are_kept(playing, rate):
    names = ("late", "null_user_id", "outliers")
    defects = DefectRates(duplicates=rate, **dict.fromkeys(names, rate))
    made = playing(count=20_000, defects=defects, frauds=0).expected["defects"]
    for name in ("late", "null_user_id", "outlier", "duplicate"):
        # Copies have the kind of what they are copies of. Five standard deviations of 20,000.
        share = rate if name == "duplicate" else rate * (1 + rate)
        assert made.get(name, 0) / 20_000 == pytest.approx(share, abs=5 * (rate / 20_000) ** 0.5)


def test_the_presets_differ_as_they_say(playing):
    assert playing("none").expected["defects"] == {}
    demo = playing("demo").expected
    assert "tombstone" not in demo["defects"]
    assert {"late", "burst", "outlier", "high_value", "duplicate"} <= set(demo["defects"])


def test_a_late_order_is_minutes_to_hours_late(playing):
    played = playing(defects=DefectRates(late=0.5), frauds=0, count=4000)
    behind = []
    for message in played.messages:
        moment = datetime.fromisoformat(json.loads(message.value)["order_time"]).timestamp()
        behind.append(message.moment / 1000 - moment)
    late = [seconds for seconds in behind if seconds > 2.001]
    assert 0.45 < len(late) / len(behind) < 0.55
    assert min(late) >= 180
    assert 3 * 3600 < max(late) <= 6 * 3600 + 2
    assert min(behind) >= 0


def test_a_burst_is_one_customers(playing):
    played = playing(defects=DefectRates(bursts=0.01), frauds=0, count=3000)
    assert played.expected["defects"] == {"burst": 30}
    busiest = Counter(message.key for message in played.messages).most_common(2)
    assert all(count >= 15 for _, count in busiest)


def test_orders_follow_the_daily_curve_and_the_habits(playing):
    played = playing("none", count=20_000, customers=300)
    hours = Counter(message.moment // 3_600_000 % 24 for message in played.messages)
    assert hours[19] > 5 * hours[4] > 0
    orders = [json.loads(value) for value in played.values]
    keys = Counter(order["user_id"] for order in orders)
    someone = keys.most_common(1)[0][0]
    own = [order for order in orders if order["user_id"] == someone]
    (_, most), *_ = Counter(order["category"] for order in own).most_common()
    assert most / len(own) > 0.4
    assert len({order["city"] for order in own}) <= 2


def test_paced_orders_are_evenly_apart():
    stream = OrderStream(options("none", count=500, rate=100.0, seconds=5.0))
    moments = [message.moment for batch in stream.batches() for message in batch.messages]
    gaps = {later - earlier for earlier, later in pairwise(moments)}
    assert gaps <= {9, 10, 11}
    assert moments[-1] - moments[0] == pytest.approx(4990, abs=2)


def test_kinds_have_one_reason_each():
    assert len(HOSTILE) == len(Kind) - Kind.not_json - 1
