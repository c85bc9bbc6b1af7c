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
# A line without its prices, as differences to what was billed are made.
LINE_OF_BILL = (
    "usage_date",
    "usage_hour_at",
    "account_id",
    "workspace_id",
    "cloud",
    "region",
    "sku_name",
    "usage_unit",
    "billing_origin_product",
)
# The account that a record is billed to; deliveries that name none share one.
ACCOUNT_LINE = "coalesce(account_id, 'unknown')"
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
    bearer_job_id beside their own. Rows of a mart with `charge` are lines that may be sealed, or
    differences to sealed ones; it says what of a row is which column of a charge.
    """

    name: str
    keys: Mapping[str, str]
    amounts: Mapping[str, str]
    bearers: bool = False
    charge: Mapping[str, str] = field(default_factory=dict)
    currency: str = "currency_code"
    unit: str = "usage_unit"
    quantity: str = "usage_quantity"

    @property
    def relation(self) -> str:
        """Its two-part name."""
        return f"gold_billing.{self.name}"


def _same(*columns: str) -> dict[str, str]:
    return {column: column for column in columns}


_LINE = (*(name for name in LINE_COLUMNS if name != "list_price"), "price_status")
_BORNE = {
    "allocation_kind": "allocation_kind",
    "allocated_to": "coalesce(bearer, nobody)",
    "is_allocated": "bearer is not null",
    "job_id": "bearer_job_id",
}
_CHARGE = _same(*LINE_OF_BILL, "billed_price", "charge_class")
_FOCUS_LINE = {
    "usage_date": "x_UsageDate",
    "usage_hour_at": "ChargePeriodStart",
    "account_id": "BillingAccountId",
    "workspace_id": "SubAccountId",
    "cloud": "get_json_object(SkuPriceDetails, '$.x_Cloud')",
    "region": "RegionId",
    "sku_name": "SkuId",
    "usage_unit": "ConsumedUnit",
    "billing_origin_product": "x_BillingOriginProduct",
    "billed_price": "if(x_PriceStatus = 'unpriced', null, ContractedUnitPrice)",
    "charge_class": "ChargeClass",
    "billing_period": "date_format(BillingPeriodStart, 'yyyy-MM')",
    "is_sealed": "x_IsSealed",
}
_FOCUS_KEYS = _same(
    "x_UsageDate",
    "BillingPeriodStart",
    "BillingAccountId",
    "BillingCurrency",
    "ChargePeriodStart",
    "ChargeClass",
    "SubAccountId",
    "RegionId",
    "SkuId",
    "SkuPriceId",
    "ServiceName",
    "ConsumedUnit",
    "ResourceId",
    "ContractedUnitPrice",
    "x_OriginalPeriod",
    "x_IsSealed",
    "x_PriceStatus",
)
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
    Mart(
        name="fct_billed_usage",
        keys=_same("seal_id", "billing_period", "original_period", "charge_class", *_LINE),
        amounts=_PRICES,
        charge=_CHARGE | {"billing_period": "billing_period", "is_sealed": "true"},
    ),
    Mart(
        name="fct_billing_adjustments",
        keys=_same("original_period", "adjustment_period", "reason", *LINE_OF_BILL)
        | _same("currency_code", "price_status"),
        amounts=_PRICES,
        charge=_CHARGE
        | {
            "billed_price": "cast(null as decimal(16, 10))",
            "billing_period": "adjustment_period",
            "is_sealed": "false",
        },
    ),
    Mart(
        name="fct_charges",
        keys=_same("billing_period", "original_period", "charge_class", "is_sealed", *_LINE),
        amounts=_PRICES,
        charge=_CHARGE | _same("billing_period", "is_sealed"),
    ),
    Mart(
        name="fct_focus_cost_and_usage",
        keys=_FOCUS_KEYS,
        amounts={"BilledCost": "billed_price"},
        charge=_FOCUS_LINE,
        currency="BillingCurrency",
        unit="ConsumedUnit",
        quantity="ConsumedQuantity",
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
