"""The two streaming frames: windows of the hot path, and running totals. Pure plans."""

import sys

from pyspark import cloudpickle
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from operations.streams import running_totals
from operations.streams.declaration import Declaration
from operations.streams.running_totals import CATEGORY, CUSTOMER, OUTPUT, RunningTotals
from operations.streams.settings import Settings
from operations.streams.verdict import judged, valid

# Names of what a batch tells about itself beside its rows.
MESSAGES, ON_TIME, VALID, FIRSTS = "messages", "on_time", "valid", "firsts"
LATENCY_STEP_MS = 10
NAMES_SEPARATOR = "\x1f"
_MOST_REASONS, _MOST_MOMENTS = 1000, 10_000

# Workers may not have this project on their path: they get the class itself.
cloudpickle.register_pickle_by_value(sys.modules[running_totals.__name__])


def windows(messages: DataFrame, declared: Declaration, settings: Settings) -> DataFrame:
    """Changed windows: (window_start, category, city, revenue double, orders bigint).

    An order counts once, in the minute of its order_time, or of its arrival if that is earlier,
    unless it came later than the lateness that is allowed.
    """
    told = judged(messages, declared).observe(MESSAGES, *_of_messages())
    on_time = (
        valid(told)
        .where(_is_on_time(settings))
        .selectExpr(
            "order_id", "category", "city", "amount", "order_at", "taken_at",
            "least(order_at, taken_at) as event_at",
        )
        .observe(
            ON_TIME,
            _counted("unix_millis(order_at) div " + str(LATENCY_STEP_MS), _MOST_MOMENTS).alias(
                "order_moments"
            ),
            _counted("unix_millis(taken_at) div " + str(LATENCY_STEP_MS), _MOST_MOMENTS).alias(
                "broker_moments"
            ),
        )
    )  # fmt: skip
    return (
        on_time.withWatermark("event_at", f"{settings.watermark_seconds} seconds")
        .dropDuplicatesWithinWatermark(["order_id"])
        .groupBy(F.window("event_at", "1 minute").alias("window"), "category", "city")
        .agg(F.sum("amount").cast("double").alias("revenue"), F.count(F.lit(1)).alias("orders"))
        .select(
            F.unix_timestamp(F.col("window.start")).alias("window_start"),
            "category", "city", "revenue", "orders",
        )
    )  # fmt: skip


def totals(messages: DataFrame, declared: Declaration, settings: Settings) -> DataFrame:
    """Changed totals, as running_totals.OUTPUT: of customers, and of categories."""
    orders = valid(judged(messages, declared)).observe(VALID, F.count(F.lit(1)).alias("messages"))
    firsts = (
        orders.withWatermark("taken_at", f"{settings.memory_days} days")
        .dropDuplicatesWithinWatermark(["order_id"])
        .observe(
            FIRSTS,
            F.count(F.lit(1)).alias("messages"),
            F.count_if(~_is_on_time(settings)).alias("late"),
        )
    )
    entity = ", amount, unix_micros(order_at) as order_at, cast(price as double) as price)"
    both = (
        f"inline(array(struct('{CUSTOMER}' as kind, user_id as entity{entity},"
        f" struct('{CATEGORY}' as kind, category as entity{entity}))"
    )
    return (
        firsts.selectExpr(both)
        .groupBy("kind", "entity")
        .transformWithState(RunningTotals(float(declared.outlier_factor)), OUTPUT, "Update", "None")
    )


def _is_on_time(settings: Settings) -> Column:
    """Against the broker's clock, not the newest order: the same whenever it is asked."""
    return F.expr(f"order_at >= taken_at - interval {settings.lateness_seconds} seconds")


def _of_messages() -> list[Column]:
    names = f"nullif(array_join(unknown_fields, '{NAMES_SEPARATOR}'), '')"
    return [
        F.count(F.lit(1)).alias("messages"),
        F.unix_millis(F.max("taken_at")).alias("newest"),
        _counted("left(reason, 200)", _MOST_REASONS).alias("reasons"),
        _counted("schema_version", _MOST_REASONS).alias("versions"),
        _counted(f"left({names}, 1000)", _MOST_REASONS).alias("unknown_fields"),
    ]


def _counted(expression: str, most: int) -> Column:
    """How often each value comes, null too: exact while there are fewer values than ``most``."""
    return F.expr(f"approx_top_k({expression}, {most}, {most * 2})")
