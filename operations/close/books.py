"""What is closed month by month: where the rows, the breaks and the ledger of each book stand."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """A sum that is sealed: the figure of a content that it is, its column and its SQL type."""

    figure: str
    column: str
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """One kind of rows that are closed; models, tables and columns by name.

    ``unsealed`` has the rows that the next close of every open period seals, ``witnesses`` are
    inputs that its completeness is judged by. ``account`` is an expression over the ``records``,
    ``figures`` are the columns of ``states`` with the count, the money and the money of
    corrections. ``held_back`` is None where no row waits for others.
    """

    name: str
    title: str
    headings: tuple[str, str]
    cents: int
    unsealed: str
    breaks: str
    states: str
    figures: tuple[str, str, str]
    held_back: str | None
    witnesses: tuple[str, ...]
    records: str
    account: str
    record_at: str
    day: str
    totals: tuple[Total, ...]
    is_priced: bool
    ledger_events: str
    ledger_seals: str
    ledger_rows: str

    @property
    def bill(self) -> str:
        """The relation of unsealed rows."""
        return f"gold_billing.{self.unsealed}"

    @property
    def sealed_rows(self) -> str:
        """Query in brackets: rows of the ledger whose seal stands."""
        return (
            f"(select sealed.* from {self.ledger_rows} as sealed left semi join"
            f" {self.ledger_seals} as seals on sealed.seal_id = seals.seal_id)"
        )


USAGE = Book(
    name="usage",
    title="Billing periods",
    headings=("records", "cost"),
    cents=6,
    unsealed="fct_unbilled_usage",
    breaks="fct_period_breaks",
    states="fct_period_states",
    figures=("record_count", "billed_cost", "correction_cost"),
    held_back="fct_held_back_usage",
    witnesses=("stg_platform__delivery_manifests", "fct_usage_hourly", "fct_billing_adjustments"),
    records="int_platform__complete_usage_records",
    account="coalesce(account_id, 'unknown')",
    record_at="usage_started_at",
    day="usage_date",
    totals=(
        Total(figure="record_count", column="record_count", type="bigint"),
        Total(figure="usage_quantity", column="usage_quantity", type="decimal(38, 24)"),
        Total(figure="list_cost", column="list_cost", type="decimal(38, 18)"),
        Total(figure="billed_cost", column="billed_cost", type="decimal(38, 18)"),
    ),
    is_priced=True,
    ledger_events="ledger.period_events",
    ledger_seals="ledger.period_seals",
    ledger_rows="ledger.sealed_usage",
)

ORDERS = Book(
    name="orders",
    title="Months of orders",
    headings=("orders", "revenue"),
    cents=2,
    unsealed="fct_unsealed_revenue",
    breaks="fct_revenue_breaks",
    states="fct_revenue_period_states",
    figures=("order_count", "revenue", "correction_revenue"),
    held_back=None,
    witnesses=("int_orders__region_watermarks", "fct_revenue_daily"),
    records="stg_orders__orders",
    account="'orders'",
    record_at="order_at",
    day="order_date",
    totals=(
        Total(figure="record_count", column="order_count", type="bigint"),
        Total(figure="usage_quantity", column="quantity", type="decimal(38, 3)"),
        Total(figure="billed_cost", column="revenue", type="decimal(38, 2)"),
    ),
    is_priced=False,
    ledger_events="ledger.revenue_events",
    ledger_seals="ledger.revenue_seals",
    ledger_rows="ledger.sealed_revenue",
)

BOOKS = (USAGE, ORDERS)


class BookName(StrEnum):
    """A book as a user names it."""

    usage = USAGE.name
    orders = ORDERS.name

    @property
    def book(self) -> Book:
        """What it names."""
        return next(book for book in BOOKS if book.name == self.value)
