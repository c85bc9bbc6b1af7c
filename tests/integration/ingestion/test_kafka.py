"""Messages of a real broker reach bronze as they came, each once, whatever happens in between."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from ingestion.settings import Settings
from ingestion.sources import Source
from ingestion.stream import SourceResult
from operations.live.kafka import bootstrap, broker, ensure_topic
from operations.live.service import Running
from tests.integration.ingestion.bench import Bench
from warehouse.settings import cache_directory

HOSTILE = {
    "not JSON": b"\x00\xff\xfenot json",
    "tombstone": None,
    "empty": b"",
    "2 MB": b'{"a":"' + b"x" * 2_000_000 + b'"}',
    "right to left": '{"message":"שלום 🍕"}'.encode(),
}


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = Running(broker(cache_directory()), tmp_path_factory.mktemp("kafka"))
    running.start()
    yield running
    running.stop()
    assert running.process is None


class Topic:
    """A topic of three partitions, its messages and its bronze table."""

    def __init__(self, kafka: Running, bench: Bench, name: str) -> None:
        self.servers = bootstrap(kafka.place)
        ensure_topic(self.servers, name, 3)
        source = Source(
            name=name, schema="bronze", table_name=name, format="kafka", topic=name, region="eu"
        )
        settings: Settings = replace(bench.settings, kafka={"bootstrap.servers": self.servers})
        self.bench = replace(bench, source=source, settings=settings)
        self.name = name

    def send(self, *values: bytes | None, **more: Any) -> None:
        producer = Producer(
            {
                "bootstrap.servers": self.servers,
                "enable.idempotence": True,
                "message.max.bytes": 4_000_000,
            }
        )
        for number, value in enumerate(values):
            producer.produce(self.name, value=value, key=f"k{number}", **more)
        assert producer.flush(30) == 0

    def ingest(self, **changes: Any) -> SourceResult:
        return self.bench.ingest(**changes)

    def offsets(self) -> list[tuple[int, int]]:
        return self.bench.rows("kafka_partition, kafka_offset")

    def contiguous(self, count: int) -> bool:
        """Every offset of every partition from 0 on, none twice."""
        found = self.offsets()
        ends = dict(found)
        wanted = [(p, offset) for p, end in sorted(ends.items()) for offset in range(end + 1)]
        return found == wanted and len(found) == count


@pytest.fixture
def topic(kafka: Running, bench: Bench, request: pytest.FixtureRequest) -> Topic:
    return Topic(kafka, bench, request.node.name.replace("test_", "")[:40])


def test_a_message_is_kept_as_it_came(topic: Topic) -> None:
    topic.send(b'{"a":1}', headers=[("region", b"us"), ("schema-version", b"2")])
    topic.send(b'{"a":2}')
    result = topic.ingest()
    assert (result.status, result.rows, result.files) == ("ok", 2, None)
    rows = topic.bench.rows(
        "raw, kafka_key, region, kafka_topic, kafka_headers, rescue_reason,"
        " kafka_timestamp = file_modified_at and kafka_timestamp <= ingested_at"
    )
    headers = [("region", "us"), ("schema-version", "2")]
    assert [(r[0], r[1], r[2], r[3], [tuple(h) for h in r[4]], *r[5:]) for r in rows] == [
        (b'{"a":1}', "k0", "us", topic.name, headers, None, True),
        (b'{"a":2}', "k0", "eu", topic.name, [], None, True),
    ]


def test_hostile_messages_land_and_are_marked(topic: Topic) -> None:
    topic.send(*HOSTILE.values())
    assert topic.ingest().status == "ok"
    found = {
        key: (value, reason)
        for key, value, reason in topic.bench.rows("kafka_key, raw, rescue_reason")
    }
    marks = {"not JSON": "invalid_utf8", "tombstone": "no_value"}
    assert found == {
        f"k{n}": (value, marks.get(name)) for n, (name, value) in enumerate(HOSTILE.items())
    }
    (hashes,) = topic.bench.rows("count_if(length(line_hash) = 32)")
    assert hashes == len(HOSTILE)


def test_batches_are_bounded_and_a_rerun_adds_nothing(topic: Topic) -> None:
    topic.send(*(b"%d" % number for number in range(50)))
    assert topic.ingest(max_messages=20).batches >= 3
    assert topic.ingest().rows == 0
    assert topic.contiguous(50)


def test_a_crash_between_table_and_checkpoint_does_not_count_twice(topic: Topic) -> None:
    topic.send(b"1", b"2", b"3")
    topic.ingest()
    for mark in (topic.bench.checkpoint / "commits").iterdir():
        mark.unlink()
    topic.send(b"4")
    assert topic.ingest().status == "ok"
    assert topic.contiguous(4)


def test_a_lost_checkpoint_brings_nothing_twice(topic: Topic) -> None:
    topic.send(b"1", b"2", b"3")
    topic.ingest()
    shutil.rmtree(topic.bench.checkpoint)
    topic.send(b"4", b"5")
    assert topic.ingest().rows == 2
    assert topic.contiguous(5)


def test_messages_that_are_gone_are_told(topic: Topic) -> None:
    topic.send(*(b"%d" % number for number in range(30)))
    topic.ingest()
    topic.send(*(b"%d" % number for number in range(30)))
    admin = AdminClient({"bootstrap.servers": topic.servers})
    ends = {p: 0 for p, _ in topic.offsets()}
    gone = [TopicPartition(topic.name, p, -1) for p in ends]
    for done in admin.delete_records(gone).values():
        done.result(10)
    topic.send(b"later")
    refused = topic.ingest()
    assert refused.status == "failed"
    assert "gone before they were read" in refused.message
    shutil.rmtree(topic.bench.checkpoint)
    assert (topic.ingest().rows, topic.bench.rows().count(b"later")) == (1, 1)


def test_what_cannot_be_read_is_a_sentence(kafka: Running, bench: Bench, topic: Topic) -> None:
    other = replace(topic.bench, source=replace(topic.bench.source, topic="nobody"))
    assert "has no topic nobody" in other.ingest().message
    nowhere = topic.ingest(kafka={"bootstrap.servers": "127.0.0.1:1"})
    assert nowhere.status == "failed"
    assert "127.0.0.1:1 does not answer" in nowhere.message
    assert "no broker is named" in topic.ingest(kafka={}).message


def test_a_topic_made_anew_is_refused(kafka: Running, topic: Topic) -> None:
    topic.send(*(b"%d" % number for number in range(30)))
    topic.ingest()
    admin = AdminClient({"bootstrap.servers": topic.servers})
    admin.delete_topics([topic.name])[topic.name].result(10)
    again = Topic(kafka, topic.bench, topic.name)
    shutil.rmtree(topic.bench.checkpoint)
    assert "was made anew" in again.ingest().message


def test_nothing_is_lost_over_a_restart_of_the_broker(kafka: Running, topic: Topic) -> None:
    topic.send(b"1", b"2")
    topic.ingest()
    kafka.kill()
    kafka.start()
    topic.send(b"3")
    topic.ingest()
    assert topic.contiguous(3)
    assert sorted(map(bytes, topic.bench.rows())) == [b"1", b"2", b"3"]


def test_the_broker_keeps_to_its_home(kafka: Running, tmp_path: Path) -> None:
    assert kafka.is_healthy()
    assert not kafka.start()
    listening = {c.laddr.ip for c in kafka.process.net_connections() if c.status == "LISTEN"}  # type: ignore[union-attr]
    assert {ip.removeprefix("::ffff:") for ip in listening} == {"127.0.0.1"}
