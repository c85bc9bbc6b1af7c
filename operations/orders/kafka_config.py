"""What the producer is configured with: the file, our own defaults, and what is not negotiable."""

import re
from collections.abc import Iterable, Mapping

from operations.orders.errors import KafkaConfigError

# A message of 2 MB has to leave this side; what the broker takes is the broker's matter.
_DEFAULTS = {
    "client.id": "lakeledger-orders",
    "compression.type": "lz4",
    "linger.ms": "20",
    "message.max.bytes": "4000000",
    "queue.buffering.max.messages": "200000",
    "queue.buffering.max.kbytes": "262144",
    "log_level": "0",
}
# Exactly once into the topic: no loss, no copy by a retry, no change of order.
_FIXED = {"enable.idempotence": ("true",), "acks": ("all", "-1")}
# Names of the Java client for the same thing.
_RENAMED = {
    "max.request.size": "message.max.bytes",
    "request.required.acks": "acks",
    "delivery.timeout.ms": "message.timeout.ms",
}
# Of the Java client alone, or of consumers: harmless in a file that both sides use.
_LEFT_OUT = re.compile(
    r"(key|value)\.(de)?serializer|buffer\.memory|max\.block\.ms|group\.id|auto\.offset\.reset"
    r"|enable\.auto\.commit|isolation\.level"
)
_INSTEAD = {
    "sasl.jaas.config": "give sasl.username and sasl.password",
    "ssl.truststore.location": "give ssl.ca.location, a PEM file",
    "ssl.keystore.location": "give ssl.certificate.location and ssl.key.location, PEM files",
}


def producer_config(properties: Mapping[str, str]) -> dict[str, str]:
    """The configuration of the producer.

    Raises:
        KafkaConfigError: if there is no broker in it, or something that is not possible here.
    """
    given: dict[str, str] = {}
    for key, value in properties.items():
        if key in _INSTEAD:
            raise KafkaConfigError(f"{key} is for the Java client; {_INSTEAD[key]} instead.")
        if not _LEFT_OUT.fullmatch(key):
            given[_RENAMED.get(key, key)] = value
    if not given.get("bootstrap.servers"):
        raise KafkaConfigError("bootstrap.servers is missing: add bootstrap.servers=<host>:<port>.")
    for key, accepted in _FIXED.items():
        if given.get(key, accepted[0]).lower() not in accepted:
            raise KafkaConfigError(
                f"{key} has to be {accepted[0]}, so that no order is lost or doubled; leave it out."
            )
    return _DEFAULTS | given | {key: accepted[0] for key, accepted in _FIXED.items()}


def refused_property(text: str, given: Iterable[str]) -> str:
    """What is wrong with the configuration, from the client's words, without any value.

    `given` are the names that the configuration has; no other word of the client is repeated.
    """
    if found := re.search(r'No such configuration property: "([\w.-]+)"', text):
        return f"{found[1]} is not known to this client; correct or remove it."
    # By its own name for a property that has two.
    text = text.replace("queue.buffering.max.ms", "linger.ms")
    named = re.findall(r"[a-z][\w-]*(?:\.[\w-]+)+", text)
    for name in named:
        if name in given:
            return f"the value of {name} is not accepted; correct it."
    return (
        "the client does not accept it; check security.protocol and the sasl.* and ssl.* settings."
    )
