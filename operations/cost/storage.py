"""What is kept, and in which tier of S3 it lies."""

from collections.abc import Iterator
from dataclasses import dataclass

from operations.cost.inputs import Figures

GIB = 1024.0**3
# Days after the last reading from which Intelligent-Tiering asks less.
INFREQUENT, ARCHIVE = 30.0, 90.0


@dataclass(frozen=True, slots=True)
class Files:
    """Objects that a day of events comes to, after compaction."""

    silver: float
    both: float


def objects(f: Figures, events: float, size: float) -> Files:
    """Objects of a day, in silver and in bronze and silver together."""
    silver = events * size * f["silver_event_bytes"] / f["file_bytes"]
    return Files(silver, silver + events * size * f["bronze_event_bytes"] / f["file_bytes"])


def storage_lines(f: Figures, events: float, size: float) -> Iterator[tuple[str, str, float]]:
    """(name, quantity, dollars) of what is kept; `events` of a day, `size` of one by measured."""
    per_day = {
        "bronze": events * size * f["bronze_event_bytes"] / GIB,
        "silver and gold": events * size * f["silver_event_bytes"] * (1 + f["gold_share"]) / GIB,
    }
    hot, warm, cold = tiers(f, f["days_kept"])
    landing = f["raw_bytes_per_day"] / f["landing_compression"] / GIB * f["landing_days"]
    old = per_day["silver and gold"] * f["silver_old_days"]
    frequent = frequent_price(f, sum(per_day.values()) * hot + landing + old)
    for name, gib in per_day.items():
        dollars = hot * frequent + warm * f["infrequent_price"] + cold * f["archive_price"]
        yield f"storage: {name}", _tib(gib * f["days_kept"]), gib * dollars
    yield "storage: landing", _tib(landing), landing * frequent
    yield "storage: replaced files", _tib(old), old * frequent
    count = objects(f, events, size).both * f["days_kept"] / 1000
    watched = count * f["monitoring_price"] * f["tiering"]
    yield "storage: monitoring", f"{count / 1000:,.0f} million objects", watched


def frequent_price(f: Figures, gib: float) -> float:
    """The mean price of a GiB in the frequent tier, so many being in it."""
    left, dollars = gib, 0.0
    for step, price in ((50 * 1024, "frequent_price_50"), (450 * 1024, "frequent_price_500")):
        dollars += min(left, step) * f[price]
        left -= min(left, step)
    return (dollars + left * f["frequent_price_rest"]) / gib if gib else f["frequent_price_50"]


def tiers(f: Figures, days: float) -> tuple[float, float, float]:
    """Days of history in the frequent, infrequent and archive tier.

    What is read moves back: whatever checks read stays frequent, and one search a month keeps all.
    """
    if not f["tiering"] or f["searches_per_month"]:
        return days, 0.0, 0.0
    read = min(days, f["checked_days"])
    hot = min(days, read + INFREQUENT)
    warm = min(days, read + ARCHIVE) - hot
    return hot, warm, days - hot - warm


def _tib(gib: float) -> str:
    return f"{gib / 1024:,.0f} TiB"
