"""SKUs and list prices: rows of `system.billing.list_prices`, some changing inside the window."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from operations.simulator.records import GoodLine, encode, sql_time
from operations.simulator.settings import Options, epoch_ms
from operations.simulator.world import World, cloud_of

CURRENCY = "USD"
_CLOUD_FACTORS = {"AWS": Decimal("1"), "AZURE": Decimal("1.1"), "GCP": Decimal("1.05")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sku:
    """What is sold. `price` is None for a SKU without a list price.

    `changed_price` holds from the price change on; `promotion` holds until then.
    """

    prefix: str
    product: str
    regional: bool = False
    unit: str = "DBU"
    usage_type: str = "COMPUTE_TIME"
    price: Decimal | None = None
    changed_price: Decimal | None = None
    promotion: Decimal | None = None

    def name(self, region: str) -> str:
        """The SKU's name; a regional one ends with the region's area, as in `_US_EAST`."""
        area = region.rstrip("0123456789-").replace("-", "_").upper()
        return f"{self.prefix}_{area}" if self.regional else self.prefix


SKUS = {
    "jobs": Sku(
        prefix="PREMIUM_JOBS_COMPUTE",
        product="JOBS",
        price=Decimal("0.15"),
        changed_price=Decimal("0.18"),
    ),
    "jobs_serverless": Sku(
        prefix="PREMIUM_JOBS_SERVERLESS_COMPUTE",
        product="JOBS",
        regional=True,
        price=Decimal("0.35"),
    ),
    "all_purpose": Sku(
        prefix="PREMIUM_ALL_PURPOSE_COMPUTE", product="ALL_PURPOSE", price=Decimal("0.55")
    ),
    "sql_pro": Sku(
        prefix="PREMIUM_SQL_PRO_COMPUTE", product="SQL", regional=True, price=Decimal("0.55")
    ),
    "sql_serverless": Sku(
        prefix="PREMIUM_SERVERLESS_SQL_COMPUTE",
        product="SQL",
        regional=True,
        price=Decimal("0.70"),
        promotion=Decimal("0.49"),
    ),
    "pipelines": Sku(prefix="PREMIUM_DLT_CORE_COMPUTE", product="DLT", price=Decimal("0.20")),
    "storage": Sku(
        prefix="PREMIUM_DATABRICKS_STORAGE",
        product="DEFAULT_STORAGE",
        regional=True,
        unit="DSU",
        usage_type="STORAGE_SPACE",
        price=Decimal("0.023"),
    ),
    "network": Sku(
        prefix="PREMIUM_PUBLIC_CONNECTIVITY_DATA_PROCESSED",
        product="NETWORKING",
        regional=True,
        unit="GB",
        usage_type="NETWORK_BYTE",
        price=Decimal("0.0023"),
    ),
    "unpriced": Sku(
        prefix="PREMIUM_SERVERLESS_GPU_PREVIEW_COMPUTE",
        product="MODEL_SERVING",
        regional=True,
        usage_type="GPU_TIME",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRow:
    """One row of the price list; the window is [start, end), open when `end` is None."""

    sku_name: str
    cloud: str
    unit: str
    start: datetime
    end: datetime | None = None
    default: Decimal
    promotional: Decimal | None = None

    @property
    def effective(self) -> Decimal:
        """The list price with the promotion taken into account."""
        return self.default if self.promotional is None else self.promotional

    def line(self, account_id: str) -> GoodLine:
        """The row as it is delivered; closing a window is a revision of a known row."""
        promotional = None if self.promotional is None else {"default": str(self.promotional)}
        record = {
            "price_start_time": sql_time(self.start),
            "price_end_time": None if self.end is None else sql_time(self.end),
            "account_id": account_id,
            "sku_name": self.sku_name,
            "cloud": self.cloud,
            "currency_code": CURRENCY,
            "usage_unit": self.unit,
            "pricing": {
                "default": str(self.default),
                "promotional": promotional,
                "effective_list": {"default": str(self.effective)},
            },
        }
        key = f"{self.sku_name} {self.cloud} {self.unit} {self.start}"
        return GoodLine(encode(record), epoch_ms(self.start), key=key)


class PriceKey(NamedTuple):
    """What usage and prices are joined on, besides time."""

    sku_name: str
    cloud: str
    usage_unit: str


class PriceWindow(NamedTuple):
    """A price and the time it holds: [start, end)."""

    start: datetime
    end: datetime | None
    price: Decimal


def deliveries(options: Options) -> list[tuple[datetime, list[PriceRow]]]:
    """The price list as delivered: whole at the start, then what the price change touched."""
    listed = _first_list(options)
    changed_at = options.price_change_at
    closing: list[PriceRow] = []
    for sku, row in listed:
        new = _after_change(sku, row, changed_at)
        closing += [] if new is None else [replace(row, end=changed_at), new]
    return [(options.start, [row for _, row in listed]), (changed_at, closing)]


def price_lines(world: World) -> list[tuple[datetime, list[GoodLine]]]:
    """The lines of each delivery of the price list, with the hour of the delivery."""
    return [
        (hour, [row.line(world.account_id) for row in rows])
        for hour, rows in deliveries(world.options)
    ]


def price_windows(rows: Iterable[PriceRow]) -> dict[PriceKey, list[PriceWindow]]:
    """The windows of each SKU in order of time; of two rows of one start the later one holds."""
    latest = {(PriceKey(r.sku_name, r.cloud, r.unit), r.start): r for r in rows}
    windows: dict[PriceKey, list[PriceWindow]] = {}
    for (key, start), row in sorted(latest.items(), key=lambda item: item[0]):
        windows.setdefault(key, []).append(PriceWindow(start, row.end, row.effective))
    return windows


def _first_list(options: Options) -> list[tuple[Sku, PriceRow]]:
    since = options.start.replace(hour=0) - timedelta(days=120)
    listed: dict[tuple[str, str], tuple[Sku, PriceRow]] = {}
    for region in options.regions:
        cloud = cloud_of(region)
        factor = _CLOUD_FACTORS[cloud]
        for sku in SKUS.values():
            if sku.price is None:
                continue
            row = PriceRow(
                sku_name=sku.name(region),
                cloud=cloud,
                unit=sku.unit,
                start=since,
                default=sku.price * factor,
                promotional=None if sku.promotion is None else sku.promotion * factor,
            )
            listed[row.sku_name, cloud] = (sku, row)
    return list(listed.values())


def _after_change(sku: Sku, row: PriceRow, changed_at: datetime) -> PriceRow | None:
    if sku.changed_price is None and sku.promotion is None:
        return None
    price = row.default
    if sku.changed_price is not None:
        price = sku.changed_price * _CLOUD_FACTORS[row.cloud]
    return replace(row, start=changed_at, default=price, promotional=None)
