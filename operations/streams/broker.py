"""The topic as its broker sees it: whether it is there, and where it ends."""

import logging
from typing import Any

from confluent_kafka import Consumer, KafkaException, TopicPartition

from operations.streams.errors import StreamsFailed
from operations.streams.settings import Settings

_ASK_SECONDS = 5.0
_SILENT = logging.getLogger("operations.streams.kafka")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False


class Topic:
    """Asks the broker about the topic; reads none of its messages."""

    def __init__(self, settings: Settings) -> None:
        """Connects.

        Raises:
            StreamsFailed: if the configuration is refused, no broker answers, or it has no such
                topic.
        """
        servers = settings.kafka["bootstrap.servers"]
        self.name = settings.topic
        config: dict[str, Any] = {**settings.kafka, "group.id": "lakeledger-streams"}
        try:
            self._client: Any = Consumer(config, logger=_SILENT)
            found = self._client.list_topics(self.name, timeout=_ASK_SECONDS).topics[self.name]
        except KafkaException as error:
            said = error.args[0]
            raise StreamsFailed(
                f"The Kafka broker {servers} does not answer"
                f" ({said.str() if hasattr(said, 'str') else said}): start it (lakeledger up), or"
                " mend --kafka-config."
            ) from None
        if found.error is not None:
            raise StreamsFailed(
                f"The broker {servers} has no topic {self.name} ({found.error.str()}): make it, or"
                " name another with --topic."
            )
        self._partitions = list(found.partitions)

    def ends(self) -> dict[int, int]:
        """The offset behind the newest message of each partition.

        Raises:
            KafkaException: if the broker does not answer.
        """
        return {
            number: self._client.get_watermark_offsets(
                TopicPartition(self.name, number), timeout=_ASK_SECONDS
            )[1]
            for number in self._partitions
        }

    def close(self) -> None:
        """Leaves the broker."""
        self._client.close()
