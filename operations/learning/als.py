"""Factors of products by Spark's ALS: the running session on Databricks, else one of its own."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd

from operations.learning.evaluation import SEED, Vector
from operations.learning.recommendations import PARAMETERS, Factorize
from warehouse.settings import Settings
from warehouse.spark import local_session, stop_session


@contextmanager
def session() -> Iterator[Any]:
    """A Spark session: the one that runs in this process, or a new one that ends with the work.

    Raises:
        WarehouseError: if Spark does not start.
    """
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    running = SparkSession.getActiveSession()
    if running is not None or SparkContext._active_spark_context is not None:
        with _checkpoints(running or SparkSession.builder.getOrCreate()) as spark:
            yield spark
        return
    settings = Settings.from_environment()
    spark = local_session(
        root=settings.home / "learning",
        cache=settings.cache,
        app_name="learning",
        catalog="memory",
        profile="bulk",
    )
    try:
        with _checkpoints(spark):
            yield spark
    finally:
        stop_session(spark)


@contextmanager
def _checkpoints(spark: Any) -> Iterator[Any]:
    """Cuts what ALS remembers of its earlier rounds, which grows until a stack of Java overflows.

    On a cluster a folder of this machine is no use; there its own setting holds.
    """
    context = spark.sparkContext
    if not context.master.startswith("local"):
        yield spark
        return
    with tempfile.TemporaryDirectory(prefix="als-") as folder:
        context.setCheckpointDir(folder)
        yield spark


def factorizer(spark: Any) -> Factorize:
    """Learns factors with this session."""

    def factorize(interactions: pd.DataFrame) -> Vector:
        return factors(spark, interactions)

    return factorize


def factors(spark: Any, interactions: pd.DataFrame) -> Vector:
    """A row of factors per product, in the order of the sorted keys; implicit feedback.

    The same interactions give the same factors: one block, one partition, one seed.
    """
    from pyspark.ml.recommendation import ALS

    customers = {key: n for n, key in enumerate(sorted(interactions["customer_key"].unique()))}
    products = {key: n for n, key in enumerate(sorted(interactions["product_key"].unique()))}
    rows = [
        (customers[who], products[what], float(count))
        for who, what, count in interactions[
            ["customer_key", "product_key", "order_count"]
        ].itertuples(index=False)
    ]
    frame = spark.createDataFrame(rows, "customer int, product int, count float").coalesce(1)
    als = ALS(
        rank=int(PARAMETERS["rank"]),
        maxIter=int(PARAMETERS["iterations"]),
        regParam=float(PARAMETERS["regularization"]),
        alpha=float(PARAMETERS["alpha"]),
        implicitPrefs=True,
        numUserBlocks=1,
        numItemBlocks=1,
        checkpointInterval=2,
        seed=SEED,
        userCol="customer",
        itemCol="product",
        ratingCol="count",
    )
    learned = als.fit(frame).itemFactors.orderBy("id").collect()
    return np.array([row["features"] for row in learned], dtype=np.float64)
