"""Properties files, what the producer makes of them, and the options of a run."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.orders.errors import BadOptionError, KafkaConfigError
from operations.orders.kafka_config import producer_config, refused_property
from operations.orders.properties import parse_properties, read_properties
from operations.orders.settings import (
    DefectRates,
    Options,
    parse_start,
    parse_versions,
    sized,
)

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
OPTIONS = Options(start=datetime(2026, 1, 9, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a=b", {"a": "b"}),
        ("a : b\n", {"a": "b"}),
        ("a b c", {"a": "b c"}),
        ("# comment\n! another\n\n  a=b", {"a": "b"}),
        ("a=b=c;d", {"a": "b=c;d"}),
        ("a=1\na=2", {"a": "2"}),
        ("a=one,\\\n   two", {"a": "one,two"}),
        ("a\\=b=c\\\\d", {"a=b": "c\\d"}),
        ("a=\\u00e9\\t!", {"a": "é\t!"}),
        ("\ufeffa=b\r\nc=d", {"a": "b", "c": "d"}),
        ("sasl.password= kept as it is ", {"sasl.password": "kept as it is "}),
        ("bootstrap.servers=kafka:9092 ", {"bootstrap.servers": "kafka:9092"}),
    ],
)
def test_properties_are_read_as_kafka_reads_them(text, found):
    assert parse_properties(text) == found


_letters = st.characters(codec="ascii", categories=("L", "N"), include_characters="._-")
_words = st.text(_letters, min_size=1)


@given(st.dictionaries(_words, _words))
def test_what_is_written_is_read(pairs):
    assert parse_properties("\n".join(f"{k} = {v}" for k, v in pairs.items())) == pairs


@pytest.mark.parametrize("text", ["a=b\nsecret", "a=b\n=secret"])
def test_a_line_that_is_none_is_named_without_its_content(text):
    with pytest.raises(KafkaConfigError, match="line 2") as caught:
        parse_properties(text)
    assert "secret" not in str(caught.value)


def test_a_file_is_named_in_what_is_wrong_with_it(tmp_path):
    path = tmp_path / "kafka.properties"
    with pytest.raises(KafkaConfigError, match=r"kafka\.properties is not there.*bootstrap"):
        read_properties(path)
    path.write_bytes(b"a=\xff")
    with pytest.raises(KafkaConfigError, match=r"no UTF-8"):
        read_properties(path)
    path.write_text("a=")
    with pytest.raises(KafkaConfigError, match=r"kafka\.properties, line 1: a has no value"):
        read_properties(path)
    with pytest.raises(KafkaConfigError, match=r"could not be read"):
        read_properties(tmp_path)


def test_the_producer_is_idempotent_and_waits_for_all():
    config = producer_config({"bootstrap.servers": "kafka:9092", "sasl.password": "x"})
    assert config["enable.idempotence"] == "true"
    assert config["acks"] == "all"
    assert config["compression.type"] == "lz4"
    assert config["sasl.password"] == "x"


def test_what_the_file_says_goes_before_our_defaults():
    given = {"bootstrap.servers": "k:1", "compression.type": "zstd", "max.request.size": "9000000"}
    config = producer_config({**given, "key.serializer": "x", "group.id": "x", "acks": "-1"})
    assert config["compression.type"] == "zstd"
    assert config["message.max.bytes"] == "9000000"
    assert config["acks"] == "all"
    assert not {"key.serializer", "group.id", "max.request.size"} & set(config)


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        ({}, "bootstrap.servers is missing"),
        ({"bootstrap.servers": "k:1", "acks": "1"}, "acks has to be all"),
        ({"bootstrap.servers": "k:1", "enable.idempotence": "false"}, "enable.idempotence has"),
        ({"bootstrap.servers": "k:1", "sasl.jaas.config": "pw"}, "give sasl.username and"),
        ({"bootstrap.servers": "k:1", "ssl.truststore.location": "f"}, "ssl.ca.location"),
    ],
)
def test_a_configuration_that_cannot_be_is_refused_with_what_to_do(properties, said):
    with pytest.raises(KafkaConfigError, match=said) as caught:
        producer_config(properties)
    assert "pw" not in str(caught.value)


def test_an_unknown_complaint_of_the_client_is_not_repeated():
    assert "secret" not in refused_property("something about secret", {"sasl.password"})


@pytest.mark.parametrize(
    "change",
    [
        {"count": 0},
        {"seconds": float("inf")},
        {"rate": float("nan")},
        {"seed": -1},
        {"seed": 2**32},
        {"customers": 1},
        {"frauds": 0.21},
        {"versions": (0.5, 0.5, 0.5)},
        {"versions": (1.5, -0.5, 0)},
        {"start": datetime(2019, 12, 31, tzinfo=UTC)},
    ],
)
def test_an_option_without_sense_is_refused(change):
    with pytest.raises(BadOptionError):
        replace(OPTIONS, **change)


@pytest.mark.parametrize(
    "rates",
    [
        {"late": 1.1},
        {"duplicates": float("nan")},
        {"late": 0.6, "outliers": 0.6},
        {"bursts": 0.6},
        {"oversize": -1},
    ],
)
def test_a_defect_rate_out_of_range_is_refused(rates):
    with pytest.raises(BadOptionError):
        DefectRates(**rates)


def test_a_paced_run_begins_now_and_is_as_long_as_its_orders():
    start = datetime(2026, 3, 1, 12, 0, 0, 123000, tzinfo=UTC)
    assert sized(500, None, 100, None, NOW) == (500, 5.0, start)
    assert sized(None, 3, 100, None, NOW) == (300, 3.0, start)
    assert sized(500, 3, 100, None, NOW) == (300, 3.0, start)
    assert sized(None, None, 10, None, NOW) == (600, 60.0, start)


def test_a_run_at_full_speed_has_its_deliveries_behind_it():
    count, seconds, start = sized(None, None, 0, None, NOW)
    assert (count, seconds) == (10_000, 86_400.0)
    assert start + timedelta(seconds=seconds) == datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((None, None, 0, NOW), "in the future"),
        ((None, None, 5, NOW + timedelta(days=1)), "in the future"),
        ((None, 0, 5, None), "--seconds"),
        ((None, None, -1, None), "--rate"),
    ],
)
def test_a_run_that_cannot_be_is_refused(given, said):
    with pytest.raises(BadOptionError, match=said):
        sized(*given, NOW)


def test_a_start_is_utc_unless_it_says_otherwise():
    assert parse_start("2026-01-09T10:00") == datetime(2026, 1, 9, 10, tzinfo=UTC)
    assert parse_start("2026-01-09T10:00+02:00") == datetime(2026, 1, 9, 8, tzinfo=UTC)
    with pytest.raises(BadOptionError, match="--start is 'yesterday'"):
        parse_start("yesterday")


@pytest.mark.parametrize("text", ["", "1", "a,b,c", "0.5,0.5"])
def test_versions_are_three_shares(text):
    assert parse_versions("0.2,0.3,0.5") == (0.2, 0.3, 0.5)
    with pytest.raises(BadOptionError, match=r"--versions is"):
        parse_versions(text)


def test_every_option_is_part_of_the_name_of_a_run():
    others = [
        replace(OPTIONS, seed=2),
        replace(OPTIONS, count=9),
        replace(OPTIONS, defects=DefectRates(late=0.1)),
    ]
    assert len({options.name for options in (OPTIONS, *others)}) == 4
