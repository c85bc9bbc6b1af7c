"""A Kafka broker of one node (KRaft) on this machine, from the jars of kafka.lock."""

import functools
from collections.abc import Sequence
from pathlib import Path

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from operations.live.errors import ServiceFailed
from operations.live.service import Place, Service
from warehouse.jars import ensure_jars, locked_jars
from warehouse.java import java_home

LOCK = Path(__file__).with_name("kafka.lock")
# The largest message taken, in bytes: more than the 1 MB of a default broker.
LARGEST_MESSAGE = 4 * 1024 * 1024
_ASK_SECONDS = 5.0
_CLUSTER = "bGFrZWxlZGdlci1sb2NhbA"

_PROPERTIES = """process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{controller}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://{clients},CONTROLLER://{controller}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={folder}/log
auto.create.topics.enable=false
# When the broker took a message is when it landed; when it was written is the message's own affair.
log.message.timestamp.type=LogAppendTime
message.max.bytes={largest}
replica.fetch.max.bytes={largest}
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
group.initial.rebalance.delay.ms=0
# Whoever is to be forgotten is gone from here long before the deadline of seven days.
log.retention.hours=72
num.io.threads=2
num.network.threads=2
"""


def broker(cache: Path) -> Service:
    """The broker as a service; its jars are fetched when it is first started."""
    return Service(
        name="kafka",
        ports=("clients", "controller"),
        command=functools.partial(_command, cache),
        is_healthy=_is_healthy,
    )


def bootstrap(place: Place) -> str:
    """Where clients begin."""
    return place.address("clients")


def client_properties(place: Place) -> str:
    """The text of a client's properties file for this broker."""
    return f"bootstrap.servers={bootstrap(place)}\nsecurity.protocol=PLAINTEXT\n"


def ensure_topic(servers: str, topic: str, partitions: int) -> bool:
    """Makes the topic unless it is there; True if it was not.

    Raises:
        ServiceFailed: if the broker does not answer or refuses.
    """
    admin = _admin(servers)
    try:
        if topic in admin.list_topics(timeout=_ASK_SECONDS).topics:
            return False
        wanted = NewTopic(topic, num_partitions=partitions, replication_factor=1)
        admin.create_topics([wanted])[topic].result(_ASK_SECONDS)
    except KafkaException as error:
        raise ServiceFailed(f"Topic {topic} could not be made at {servers}: {error}.") from error
    return True


def _command(cache: Path, place: Place) -> Sequence[str]:
    jars = ensure_jars(cache, locked_jars(LOCK))
    properties = place.folder / "server.properties"
    properties.write_text(
        _PROPERTIES.format(
            clients=place.address("clients"),
            controller=place.address("controller"),
            folder=place.folder,
            largest=LARGEST_MESSAGE,
        )
    )
    log = place.folder / "log"
    if not (log / "meta.properties").exists():
        _format(log)
    return [
        str(java_home(cache) / "bin" / "java"),
        *("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
        *("-cp", ":".join(map(str, jars)), "kafka.Kafka", str(properties)),
    ]


def _format(log: Path) -> None:
    """What `kafka-storage format` writes for a broker with a static quorum, without its JVM."""
    log.mkdir(parents=True, exist_ok=True)
    (log / "meta.properties").write_text(f"version=1\ncluster.id={_CLUSTER}\nnode.id=1\n")


def _is_healthy(place: Place) -> bool:
    try:
        return bool(_admin(bootstrap(place)).list_topics(timeout=1.0).brokers)
    except KafkaException:
        return False


def _admin(servers: str) -> AdminClient:
    return AdminClient({"bootstrap.servers": servers, "log_level": 0})
