"""The gold amounts that can be traced, and how a row of each names the usage behind it."""

from collections.abc import Mapping
from dataclasses import dataclass

from operations.trace.errors import TraceError

RECORDS = "silver.int_platform__priced_usage_records"
# A price is applied once per line of this grain, and its amount is rounded once.
LINE_COLUMNS = (
    "usage_date",
    "usage_hour_at",
    "account_id",
    "workspace_id",
    "cloud",
    "region",
    "sku_name",
    "usage_unit",
    "billing_origin_product",
    "currency_code",
    "list_price",
    "billed_price",
)
_DAILY_COLUMNS = (
    "usage_date",
    "account_id",
    "workspace_id",
    "cloud",
    "sku_name",
    "usage_unit",
    "currency_code",
    "price_status",
)
_PRICES = {"billed_cost": "billed_price", "list_cost": "list_price"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mart:
    """A gold table whose rows are sums of priced usage records, or shares of such sums.

    `keys` maps a column of the mart to the expression over a usage record that equals it;
    `amounts` an amount of the mart to the price that makes it. A mart with `bearers` splits each
    line among those who bear it, once for each kind; its records have the columns bearer and
    bearer_job_id beside their own.
    """

    name: str
    keys: Mapping[str, str]
    amounts: Mapping[str, str]
    bearers: bool = False

    @property
    def relation(self) -> str:
        """Its two-part name."""
        return f"gold_billing.{self.name}"


def _same(*columns: str) -> dict[str, str]:
    return {column: column for column in columns}


_BORNE = {
    "allocation_kind": "allocation_kind",
    "allocated_to": "coalesce(bearer, nobody)",
    "is_allocated": "bearer is not null",
    "job_id": "bearer_job_id",
}
_MARTS = (
    Mart(name="fct_usage_hourly", keys=_same(*LINE_COLUMNS, "price_status"), amounts=_PRICES),
    Mart(name="fct_usage_daily", keys=_same(*_DAILY_COLUMNS), amounts=_PRICES),
    Mart(
        name="fct_cost_allocation_hourly",
        keys=_same(*LINE_COLUMNS, "price_status") | _BORNE,
        amounts={"billed_cost": "billed_price"},
        bearers=True,
    ),
    Mart(
        name="fct_cost_allocation_daily",
        keys=_same(*_DAILY_COLUMNS) | _BORNE | {"job_run_id": "bearer_run_id"},
        amounts={"billed_cost": "billed_price"},
        bearers=True,
    ),
)
MARTS = {mart.name: mart for mart in _MARTS}


def find_mart(name: str) -> Mart:
    """The mart of that name, with or without its schema.

    Raises:
        TraceError: if nothing of that name can be traced.
    """
    mart = MARTS.get(name.removeprefix("gold_billing."))
    if mart is None:
        known = ", ".join(MARTS)
        raise TraceError(f"There is no mart {name} that can be traced; there are {known}.")
    return mart
