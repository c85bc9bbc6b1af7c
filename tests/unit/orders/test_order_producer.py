"""The producer against the client library's own mock broker, which speaks the real protocol."""

import logging
import time
from collections import Counter
from dataclasses import dataclass, field

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition

from operations.orders.encoding import Message
from operations.orders.errors import (
    BrokerUnreachableError,
    DeliveryFailedError,
    KafkaConfigError,
    MessageTooLargeError,
    TopicMissingError,
)
from operations.orders.kafka_config import producer_config
from operations.orders.kafka_sink import KafkaTopic

QUIET = logging.getLogger("tests.quiet")
QUIET.addHandler(logging.NullHandler())
QUIET.propagate = False


@pytest.fixture(scope="module")
def servers():
    """The address of a mock broker with the topic `orders`."""
    cluster = Producer({"bootstrap.servers": "mock", "test.mock.num.brokers": "1"}, logger=QUIET)
    (broker,) = cluster.list_topics(timeout=10).brokers.values()
    cluster.list_topics("orders", timeout=10)  # makes it
    yield f"{broker.host}:{broker.port}"
    cluster.flush(1)


def everything(servers, topic="orders"):
    """All messages of the topic as (key, value, headers)."""
    consumer = Consumer({"bootstrap.servers": servers, "group.id": "tests"}, logger=QUIET)
    partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
    ends = {p: consumer.get_watermark_offsets(TopicPartition(topic, p))[1] for p in partitions}
    consumer.assign([TopicPartition(topic, partition, 0) for partition in partitions])
    found = []
    deadline = time.monotonic() + 20
    while len(found) < sum(ends.values()) and time.monotonic() < deadline:
        found += consumer.consume(1000, 0.5)
    consumer.close()
    return [(m.partition(), m.key(), m.value(), m.headers()) for m in found]


def connected(servers, **changes):
    return KafkaTopic(producer_config({"bootstrap.servers": servers, **changes}), "orders")


def test_every_message_arrives_once_as_it_was(servers, hostile):
    topic = connected(servers)
    for message in hostile.messages:
        topic.put(message)
    assert topic.finish() == len(hostile.messages)
    arrived = everything(servers)
    assert sorted(map(repr, ((k, v, h) for _, k, v, h in arrived))) == sorted(
        repr((m.key, m.value, m.headers)) for m in hostile.messages
    )
    homes = {}
    for partition, key, *_ in arrived:
        if key is not None:
            assert homes.setdefault(key, partition) == partition


def test_messages_of_one_key_stay_in_order(servers, hostile):
    keys = Counter(message.key for message in hostile.messages if message.key)
    busiest, count = keys.most_common(1)[0]
    assert count > 10
    sent = [m.value for m in hostile.messages if m.key == busiest]
    assert [v for _, k, v, _ in everything(servers) if k == busiest] == sent


def test_a_missing_topic_is_named_and_not_made(servers):
    for _ in range(2):
        with pytest.raises(TopicMissingError, match=r"has no topic 'returns'.*--topic"):
            KafkaTopic(producer_config({"bootstrap.servers": servers}), "returns")


def test_no_broker_is_said_in_time():
    began = time.monotonic()
    with pytest.raises(BrokerUnreachableError, match=r"No broker answered at 127\.0\.0\.1:1"):
        KafkaTopic(producer_config({"bootstrap.servers": "127.0.0.1:1"}), "orders", reach_seconds=1)
    assert time.monotonic() - began < 5


def test_a_message_that_the_client_does_not_take_is_told_with_its_size(servers):
    topic = connected(servers, **{"message.max.bytes": "1000"})
    with pytest.raises(MessageTooLargeError, match=r"of 5,000 bytes .*message\.max\.bytes"):
        topic.put(Message(b"1", b"x" * 5000, [], 0))
    topic.abandon()


@pytest.mark.parametrize(
    ("properties", "named"),
    [
        ({"sasl.pasword": "hunter2"}, "sasl.pasword is not known"),
        ({"security.protocol": "hunter2"}, "security.protocol is not accepted"),
        ({"linger.ms": "hunter2"}, "linger.ms is not accepted"),
        ({"max.in.flight": "99"}, "max.in.flight is not accepted"),
        ({"security.protocol": "SSL", "ssl.ca.location": "/hunter2"}, "ssl.ca.location is not"),
        ({"security.protocol": "SASL_SSL", "sasl.mechanism": "hunter2"}, "sasl.*"),
    ],
)
def test_a_setting_that_is_refused_is_named_without_its_value(properties, named):
    with pytest.raises(KafkaConfigError) as caught:
        KafkaTopic(producer_config({"bootstrap.servers": "127.0.0.1:1", **properties}), "orders")
    assert named in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None


@dataclass
class Topics:
    topics: dict


@dataclass
class Client:
    """A client whose broker answers as told."""

    config: dict
    report: KafkaError | None = None
    full: int = 0
    reached: bool = True
    waiting: list = field(default_factory=list)
    purged: bool = False

    def list_topics(self, timeout):
        if not self.reached:
            self.config["error_cb"](KafkaError(KafkaError._AUTHENTICATION))
            raise KafkaException(KafkaError(KafkaError._TRANSPORT))
        return Topics({"orders": type("Metadata", (), {"error": None})})

    def produce(self, topic, value, key, *, headers, on_delivery):
        if self.full:
            self.full -= 1
            raise BufferError
        self.waiting.append(on_delivery)

    def poll(self, timeout):
        for on_delivery in self.waiting:
            on_delivery(self.report, None)
        self.waiting.clear()

    def flush(self, timeout):
        self.poll(timeout)
        return 0

    def purge(self):
        self.purged = True


def faked(**answers):
    made = []

    def client(config):
        made.append(Client(config, **answers))
        return made[0]

    topic = KafkaTopic({"bootstrap.servers": "kafka:9092"}, "orders", client)
    return topic, made[0]


MESSAGE = Message(b"1", b"{}", [], 0)


def test_a_full_queue_is_waited_for():
    topic, _ = faked(full=3)
    topic.put(MESSAGE)
    assert topic.finish() == 1


def test_a_message_that_the_broker_refuses_for_its_size_is_told():
    topic, _ = faked(report=KafkaError(KafkaError.MSG_SIZE_TOO_LARGE))
    topic.put(MESSAGE)
    with pytest.raises(MessageTooLargeError, match=r"topic 'orders' takes.*max\.message\.bytes"):
        topic.finish()


def test_a_message_without_acknowledgement_fails_the_run():
    topic, client = faked(report=KafkaError(KafkaError._MSG_TIMED_OUT))
    topic.put(MESSAGE)
    with pytest.raises(DeliveryFailedError, match=r"_MSG_TIMED_OUT; 0 acknowledged"):
        topic.finish()
    topic.abandon()
    assert client.purged


def test_a_report_that_never_came_fails_the_run():
    topic, client = faked()
    topic.put(MESSAGE)
    topic.put(MESSAGE)
    client.waiting.pop()
    with pytest.raises(DeliveryFailedError, match=r"1 of 2 messages"):
        topic.finish()


def test_a_failure_ends_a_long_run_early():
    topic, _ = faked(report=KafkaError(KafkaError.TOPIC_AUTHORIZATION_FAILED))
    put = (topic.put(MESSAGE) for _ in range(1000))
    with pytest.raises(DeliveryFailedError):
        list(put)
    assert topic._sent < 1000


def test_a_fatal_error_of_the_client_ends_the_run():
    topic, client = faked()
    client.config["error_cb"](KafkaError(KafkaError.OUT_OF_ORDER_SEQUENCE_NUMBER, fatal=True))
    with pytest.raises(DeliveryFailedError):
        topic.idle(0)


def test_a_refused_login_is_told_apart_from_silence():
    with pytest.raises(BrokerUnreachableError, match=r"refused the connection or the login"):
        faked(reached=False)
