"""Messages of a Kafka topic as bronze rows; where a new checkpoint begins.

The table holds the offset of every message that it has, so a checkpoint that is lost costs nothing:
the next one begins behind the newest offset of the table, partition by partition.
"""

import json
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import structlog
from confluent_kafka import Consumer, KafkaException, TopicPartition
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from ingestion.errors import KafkaRefused, WrongUse
from ingestion.settings import Settings
from ingestion.sources import Source
from ingestion.writer import Target

_ASK_SECONDS = 10.0
_LOGIN = "org.apache.kafka.common.security.{kind}.{name}LoginModule"
_log = structlog.get_logger("ingestion")


def read_client_config(path: Path) -> dict[str, str]:
    """The properties of a Kafka client: `name=value` lines, # begins a comment.

    Raises:
        WrongUse: if the file cannot be read, or a line is none, or no broker is named.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUse(f"The Kafka configuration {path} cannot be read ({error}).") from error
    found: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        name, separator, value = text.partition("=")
        if not (name.strip() and separator):
            raise WrongUse(f"{path}, line {number}: has to be name=value.")
        found[name.strip()] = value.strip()
    if not found.get("bootstrap.servers"):
        raise WrongUse(f"{path} names no bootstrap.servers, the brokers to begin with.")
    return found


def spark_options(config: Mapping[str, str], *, databricks: bool = False) -> dict[str, str]:
    """The configuration as options of Spark's reader; user and password as Java wants them."""
    options = {f"kafka.{name}": value for name, value in config.items()}
    user = options.pop("kafka.sasl.username", None)
    password = options.pop("kafka.sasl.password", None)
    if user is not None and password is not None:
        name = "Scram" if config.get("sasl.mechanism", "").startswith("SCRAM") else "Plain"
        login = _LOGIN.format(kind=name.lower(), name=name)
        module = ("kafkashaded." if databricks else "") + login
        options["kafka.sasl.jaas.config"] = (
            f"{module} required username={_in_quotes(user)} password={_in_quotes(password)};"
        )
    return options


def open_messages(
    spark: SparkSession, source: Source, settings: Settings, starting_offsets: str
) -> DataFrame:
    """A streaming frame of (raw, is_rescued, source_file, file_modified_at, kafka_*)."""
    frame = (
        spark.readStream.format("kafka")
        .options(**spark_options(settings.kafka, databricks=settings.platform == "databricks"))
        .options(
            subscribe=source.topic,
            startingOffsets=starting_offsets,
            maxOffsetsPerTrigger=str(settings.max_messages),
            includeHeaders="true",
            # A message that is gone before it was read is said, not skipped.
            failOnDataLoss="true",
        )
        .load()
    )
    headers = F.transform(
        F.coalesce("headers", F.array()),
        lambda header: F.struct(
            header["key"].alias("key"), header["value"].cast("string").alias("value")
        ),
    )
    return frame.select(
        F.col("value").cast("string").alias("raw"),
        F.lit(False).alias("is_rescued"),
        F.concat(F.lit("kafka://"), "topic", F.lit("/"), "partition").alias("source_file"),
        F.col("timestamp").alias("file_modified_at"),
        F.col("key").cast("string").alias("kafka_key"),
        F.col("topic").alias("kafka_topic"),
        F.col("partition").alias("kafka_partition"),
        F.col("offset").alias("kafka_offset"),
        F.col("timestamp").alias("kafka_timestamp"),
        headers.alias("kafka_headers"),
    )


def beginning(spark: SparkSession, source: Source, settings: Settings, target: Target) -> str:
    """Where a checkpoint that is new begins, as Spark's reader takes it: JSON.

    Raises:
        KafkaRefused: if the broker does not answer, has no such topic, or has begun it anew.
    """
    written = _next_offsets(spark, source, target)
    starts = {}
    for partition, (lowest, end) in _bounds(source.topic, settings.kafka).items():
        start = written.get(partition, lowest)
        if start > end:
            raise KafkaRefused(
                f"Partition {partition} of topic {source.topic} ends at offset {end}, and"
                f" {target.name} has messages up to {start - 1}: the topic was made anew. Give the"
                " new one another name, or drop the table and its checkpoint."
            )
        if start < lowest:
            _log.warning(
                "messages gone before they were read",
                **{"topic": source.topic, "partition": partition, "from": start, "to": lowest - 1},
            )
        starts[str(partition)] = max(start, lowest)
    return json.dumps({source.topic: starts})


def _next_offsets(spark: SparkSession, source: Source, target: Target) -> dict[int, int]:
    rows = (
        spark.table(target.identifier)
        .where(F.col("kafka_topic") == source.topic)
        .groupBy("kafka_partition")
        .agg((F.max("kafka_offset") + 1).alias("next"))
        .collect()
    )
    return {row["kafka_partition"]: row["next"] for row in rows}


def _bounds(topic: str, config: Mapping[str, str]) -> dict[int, tuple[int, int]]:
    """Lowest offset and end of each partition."""
    client: Any = Consumer({**config, "group.id": "lakeledger", "log_level": 0})
    with closing(client):
        try:
            found = client.list_topics(topic, timeout=_ASK_SECONDS).topics[topic]
            if found.error is not None:
                raise KafkaRefused(
                    f"The broker {config['bootstrap.servers']} has no topic {topic}"
                    f" ({found.error.str()}): make it, or name another in meta.ingestion.topic."
                )
            return {
                number: client.get_watermark_offsets(
                    TopicPartition(topic, number), timeout=_ASK_SECONDS
                )
                for number in found.partitions
            }
        except KafkaException as error:
            raise KafkaRefused(
                f"The Kafka broker {config['bootstrap.servers']} does not answer"
                f" ({error.args[0].str()}): start it, or mend --kafka-config."
            ) from error


def _in_quotes(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
