"""Refuses to go on where a local checkpoint and its table do not know the same batches.

Batches are numbered under the checkpoint's id, and the table takes a number that it has for a
repeated one: with an older copy of a checkpoint new lines would be left out without a word.
"""

from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

from ingestion.checkpoint import standing
from ingestion.errors import CheckpointOutdated
from ingestion.overwrites import Ledger
from ingestion.writer import transaction_of


def check_agreement(spark: SparkSession, source_name: str, checkpoint: Path, path: Path) -> None:
    """Compares the batches of a checkpoint with those that the table at ``path`` has of it.

    Raises:
        CheckpointOutdated: if the table has batches that the checkpoint has not begun, or lacks
            some that it has ended.
        CheckpointUnreadable: if the checkpoint is damaged.
    """
    stream, ledger = standing(checkpoint), Ledger.read(checkpoint)
    written = _written(spark, path) if stream or ledger.version >= 0 else {}
    if stream:
        newest = written.get(transaction_of(source_name, stream.id), -1)
        if newest > stream.begun:
            raise _older(checkpoint, path, newest, stream.begun)
        if newest < stream.ended:
            raise CheckpointOutdated(
                f"The table {path} lacks batches that the checkpoint {checkpoint} has as written"
                f" (up to {stream.ended}): it was dropped or made anew. Delete the checkpoint's"
                " folder and run again: all files come again (docs/replay.md)."
            )
    newest = written.get(transaction_of(source_name, ledger.id), -1)
    if newest > ledger.version:
        raise _older(checkpoint, path, newest, ledger.version)


def _older(checkpoint: Path, path: Path, newest: int, known: int) -> CheckpointOutdated:
    return CheckpointOutdated(
        f"The checkpoint {checkpoint} is older than the table {path}, which has batches of it up to"
        f" {newest}; the checkpoint knows {known if known >= 0 else 'none'}. What came next would"
        " be taken for a repeated batch and be lost. Delete the checkpoint's folder and run again:"
        " all files come again, silver takes each record once (docs/replay.md)."
    )


def _written(spark: SparkSession, path: Path) -> dict[str, int]:
    """The newest version of each transaction that the table's log has.

    No statement of SQL tells it, so this asks the engine's own classes; local ingestion alone
    does so.
    """
    jvm: Any = spark._jvm
    log = jvm.org.apache.spark.sql.delta.DeltaLog.forTable(spark._jsparkSession, str(path))
    nothing = jvm.scala.Option.empty()
    transactions = log.update(False, nothing, nothing).transactions()
    return dict(jvm.scala.jdk.javaapi.CollectionConverters.asJava(transactions))
