"""The producer: idempotent, keyed, and done when every message was acknowledged."""

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Producer

from operations.orders.encoding import Message
from operations.orders.errors import (
    BrokerUnreachableError,
    DeliveryFailedError,
    KafkaConfigError,
    MessageTooLargeError,
    OrdersError,
    TopicMissingError,
)
from operations.orders.kafka_config import refused_property

REACH_SECONDS = 10.0
# Delivery reports are taken in after so many messages; more often only costs time.
_POLL_EVERY = 128
# The client reports through callbacks; its own log would repeat that, addresses included.
_SILENT = logging.getLogger("operations.orders.kafka")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False


class KafkaTopic:
    """Sends to one topic. Counts what the broker has acknowledged."""

    def __init__(
        self,
        config: Mapping[str, str],
        topic: str,
        client: Callable[[dict[str, Any]], Any] = lambda config: Producer(config, logger=_SILENT),
        reach_seconds: float = REACH_SECONDS,
    ) -> None:
        """Connects.

        Raises:
            KafkaConfigError: if the client does not accept the configuration.
            BrokerUnreachableError: if no broker answers in time.
            TopicMissingError: if there is no such topic.
        """
        self.name = f"topic {topic}"
        self._topic, self._servers = topic, config["bootstrap.servers"]
        self._sent = self._acknowledged = 0
        self._failure: KafkaError | None = None
        self._login_refused = False
        try:
            self._client = client({**config, "error_cb": self._on_error})
        except KafkaException as error:
            said = error.args[0]
            text = said.str() if isinstance(said, KafkaError) else str(said)
            raise KafkaConfigError(
                f"Kafka configuration: {refused_property(text, config)}"
            ) from None
        self._reach(reach_seconds)

    def put(self, message: Message) -> None:
        """Hands a message to the client, waiting while its queue is full."""
        while True:
            try:
                self._client.produce(
                    self._topic,
                    message.value,
                    message.key,
                    headers=message.headers,
                    on_delivery=self._on_delivery,
                )
                break
            except BufferError:
                self._client.poll(0.1)
                self._check()
            except KafkaException as error:
                raise self._told(error.args[0], len(message.value or b"")) from None
        self._sent += 1
        if self._sent % _POLL_EVERY == 0:
            self._client.poll(0)
            self._check()

    def idle(self, seconds: float) -> None:
        """Takes in delivery reports for so long."""
        ends = time.monotonic() + seconds
        while (left := ends - time.monotonic()) > 0:
            self._client.poll(left)
        self._check()

    def finish(self) -> int:
        """Waits for the last acknowledgement; the client's own message timeout bounds it."""
        while self._client.flush(1.0) and self._failure is None:
            pass
        self._check()
        if self._acknowledged != self._sent:
            raise DeliveryFailedError(
                f"{self._sent - self._acknowledged:,} of {self._sent:,} messages were not "
                "acknowledged. Look at the broker's log, then send the run again."
            )
        return self._acknowledged

    def abandon(self) -> None:
        """Drops what has not been sent."""
        self._client.purge()
        self._client.flush(1.0)

    def _reach(self, seconds: float) -> None:
        try:
            # All topics: asking for one by name makes some brokers create it.
            topics = self._client.list_topics(timeout=seconds).topics
        except KafkaException:
            if self._login_refused:
                raise BrokerUnreachableError(
                    f"The broker at {self._servers} refused the connection or the login. Check "
                    "security.protocol and the sasl.* and ssl.* settings."
                ) from None
            raise BrokerUnreachableError(
                f"No broker answered at {self._servers} within {seconds:g} s. Start it, or correct "
                "bootstrap.servers and security.protocol."
            ) from None
        if self._topic not in topics or topics[self._topic].error is not None:
            raise TopicMissingError(
                f"The broker at {self._servers} has no topic {self._topic!r}. Create it, or name "
                "another with --topic."
            )

    def _on_delivery(self, error: KafkaError | None, _: object) -> None:
        if error is None:
            self._acknowledged += 1
        elif self._failure is None and error.code() != KafkaError._PURGE_QUEUE:
            self._failure = error

    def _on_error(self, error: KafkaError) -> None:
        if error.code() in (KafkaError._AUTHENTICATION, KafkaError._SSL):
            self._login_refused = True
        if error.fatal() and self._failure is None:
            self._failure = error

    def _check(self) -> None:
        if self._failure is not None:
            raise self._told(self._failure, None)

    def _told(self, error: KafkaError, size: int | None) -> OrdersError:
        if error.code() in (KafkaError.MSG_SIZE_TOO_LARGE, KafkaError.INVALID_MSG_SIZE):
            what = "A message" if size is None else f"A message of {size:,} bytes"
            where = f"topic {self._topic!r} takes" if size is None else "the client sends"
            setting = "its max.message.bytes" if size is None else "message.max.bytes"
            return MessageTooLargeError(
                f"{what} is larger than {where}. Raise {setting}, or leave large messages out with "
                "--oversize 0."
            )
        return DeliveryFailedError(
            f"Not every message reached {self._topic!r} at {self._servers} "
            f"({error.name()}; {self._acknowledged:,} acknowledged). Look at the broker, then "
            "send the run again."
        )
