"""The gold amounts that can be traced, and how a row of each names the usage behind it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Mart:
    """A gold table whose rows are sums of priced usage records.

    `keys` maps a column of the mart to the expression over a usage record that equals it;
    `amounts` an amount of the mart to the price that makes it.
    """

    name: str
    keys: Mapping[str, str]
    amounts: Mapping[str, str]
    quantity: str | None = "usage_quantity"
    currency: str = "currency_code"
    schema: str = field(default="gold_billing")

    @property
    def relation(self) -> str:
        """Its two-part name."""
        return f"{self.schema}.{self.name}"


def _same(*columns: str) -> dict[str, str]:
    return {column: column for column in columns}


_AMOUNTS = {"billed_cost": "billed_price", "list_cost": "list_price"}
MARTS = {
    mart.name: mart
    for mart in (
        Mart(
            name="fct_usage_hourly",
            keys=_same(*LINE_COLUMNS, "price_status"),
            amounts=_AMOUNTS,
        ),
        Mart(
            name="fct_usage_daily",
            keys=_same(
                "usage_date",
                "account_id",
                "workspace_id",
                "cloud",
                "region",
                "sku_name",
                "usage_unit",
                "billing_origin_product",
                "currency_code",
                "price_status",
            ),
            amounts=_AMOUNTS,
        ),
    )
}


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
