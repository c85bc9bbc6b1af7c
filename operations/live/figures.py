"""What the tables say of orders right now."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from operations.queries import Cursor, rows, utc


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Messages in bronze, what they came to in gold; times are UTC, of the newest message."""

    messages: int
    landed_at: datetime | None
    orders: int
    revenue: Decimal
    duplicates: int
    dead_letters: int
    alerts: int
    flagged_customers: int


@dataclass(frozen=True, slots=True)
class Totals:
    """Orders and revenue, as one of the ways says; None where it has none."""

    orders: int
    revenue: Decimal | None = None


def figures(cursor: Cursor) -> Figures:
    """Asks bronze and gold."""
    messages, landed_at = rows(
        cursor, "select count(kafka_offset), max(kafka_timestamp) from bronze_orders.orders"
    )[0]
    duplicates, dead_letters = rows(
        cursor,
        """select coalesce(sum(duplicate_count), 0), coalesce(sum(dead_letter_count), 0)
        from gold_operational.ops_order_quality_per_minute""",
    )[0]
    alerts = rows(cursor, "select count(*) from gold_operational.ops_fraud_alerts")[0][0]
    flagged = rows(cursor, "select count(*) from gold_operational.ops_flagged_customers")[0][0]
    sold = booked(cursor)
    return Figures(
        messages=int(messages),
        landed_at=None if landed_at is None else utc(landed_at),
        orders=sold.orders,
        revenue=sold.revenue or Decimal(0),
        duplicates=int(duplicates),
        dead_letters=int(dead_letters),
        alerts=int(alerts),
        flagged_customers=int(flagged),
    )


def booked(cursor: Cursor) -> Totals:
    """Orders and revenue in the billing mart."""
    return _totals(cursor, "gold_billing.fct_revenue_daily")


def running(cursor: Cursor) -> Totals:
    """Orders and revenue as the streams keep them, summed over customers."""
    return _totals(cursor, "live.customer_totals")


def customers_that_differ(cursor: Cursor) -> int:
    """Customers whose running total is not the one of the batch."""
    return int(
        rows(
            cursor,
            """select count(*) from live.customer_totals as stream
            full join gold_operational.ops_customer_totals as batch
                on cast(stream.user_id as string) = batch.user_id
            where (stream.order_count, stream.revenue)
                is distinct from (batch.order_count, batch.revenue)""",
        )[0][0]
    )


def _totals(cursor: Cursor, relation: str) -> Totals:
    orders, revenue = rows(
        cursor, f"select coalesce(sum(order_count), 0), coalesce(sum(revenue), 0) from {relation}"
    )[0]
    return Totals(int(orders), Decimal(revenue))
