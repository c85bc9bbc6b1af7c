"""The Spark session that ingestion works with."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pyspark.sql import SparkSession

from ingestion.settings import Platform


@contextmanager
def ingestion_session(platform: Platform, *, home: Path, cache: Path) -> Iterator[SparkSession]:
    """The session that Databricks gives, else one of our own, which ends with the block.

    Raises:
        warehouse.errors.WarehouseError: if Java, the jars or Spark are not to be had locally.
    """
    if platform == "databricks":
        yield SparkSession.builder.getOrCreate()
        return
    from warehouse.spark import local_session, stop_session

    spark = local_session(
        root=home, cache=cache, app_name="ingestion", catalog="memory", profile="bulk"
    )
    try:
        yield spark
    finally:
        stop_session(spark)
