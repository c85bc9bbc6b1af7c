"""Options of a run: how many orders, over which time, and how often each defect occurs."""

import hashlib
import json
import math
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime, timedelta

from operations.orders.errors import BadOptionError

DEFAULT_COUNT = 10_000
DEFAULT_SPAN = 86_400.0
# Deliveries and reviews follow their order by up to this long.
AFTERMATH = timedelta(hours=3)
EARLIEST = datetime(2020, 1, 2, tzinfo=UTC)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DefectRates:
    """How often each defect occurs: shares of the orders, except the last."""

    duplicates: float = 0.0  # messages sent again later, byte for byte
    late: float = 0.0  # order_time minutes to hours before the message is sent
    null_user_id: float = 0.0
    null_dish_id: float = 0.0
    bad_price: float = 0.0  # price <= 0
    bad_quantity: float = 0.0  # quantity <= 0
    outliers: float = 0.0  # price x 50
    high_value: float = 0.0  # large orders that are no fraud
    bursts: float = 0.0  # orders that come in bursts of one customer
    hostile: float = 0.0  # messages that are no orders, or odd ones, on top
    oversize: int = 0  # orders with a text of 2 MB, on top

    def __post_init__(self) -> None:
        for rate in fields(self):
            value = getattr(self, rate.name)
            if rate.name != "oversize" and not 0 <= value <= 1:
                raise BadOptionError(f"{_option(rate.name)} is {value}; it is a share, 0 to 1.")
        if self.bursts > 0.5:
            raise BadOptionError(f"--bursts is {self.bursts}; at most half of the orders.")
        if not 0 <= self.oversize <= 1000:
            raise BadOptionError(f"--oversize is {self.oversize}; it has to be 0 to 1000.")
        if (total := sum(self.exclusive().values())) > 1:
            raise BadOptionError(
                f"The rates of defects that exclude each other add up to {total:g}; at most 1."
            )

    def exclusive(self) -> dict[str, float]:
        """The rates of defects of which an order has one at most."""
        apart = {"duplicates", "bursts", "hostile", "oversize"}
        return {
            rate.name: getattr(self, rate.name) for rate in fields(self) if rate.name not in apart
        }


_DEMO = DefectRates(
    duplicates=0.02,
    late=0.01,
    null_user_id=0.002,
    null_dish_id=0.002,
    bad_price=0.002,
    bad_quantity=0.002,
    outliers=0.001,
    high_value=0.002,
    bursts=0.005,
)
_HOSTILE = DefectRates(**{**asdict(_DEMO), "hostile": 0.005, "oversize": 1})
PRESETS = {"none": DefectRates(), "demo": _DEMO, "hostile": _HOSTILE}
FRAUDS = {"none": 0.0, "demo": 0.002, "hostile": 0.002}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What decides every byte of a run. `seconds` is the time that the orders cover."""

    start: datetime
    count: int = DEFAULT_COUNT
    seconds: float = DEFAULT_SPAN
    rate: float = 0.0  # orders per second; 0: as fast as possible, along the daily curve
    seed: int = 1
    customers: int = 5000
    frauds: float = 0.0
    versions: tuple[float, float, float] = (0.3, 0.3, 0.4)
    defects: DefectRates = field(default_factory=DefectRates)

    def __post_init__(self) -> None:
        ranges = (
            ("count", 1, 1_000_000_000),
            ("seconds", 0.001, 366 * 86_400.0),
            ("rate", 0, 10_000_000),
            ("seed", 0, 2**32 - 1),
            ("customers", 10, 2_000_000),
            ("frauds", 0, 0.2),
        )
        for name, low, high in ranges:
            value = getattr(self, name)
            if not math.isfinite(value) or not low <= value <= high:
                raise BadOptionError(f"{_option(name)} is {value}; it has to be {low} to {high}.")
        if any(share < 0 for share in self.versions) or not math.isclose(sum(self.versions), 1):
            raise BadOptionError(
                "--versions has to be the shares of versions 1, 2 and 3, which add up to 1."
            )
        if self.start < EARLIEST:
            raise BadOptionError("--start is before 2020-01-02; older orders are not valid.")

    @property
    def name(self) -> str:
        """Twelve hex digits that stand for all options; part of the names of landing files."""
        text = json.dumps(self.described(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def described(self) -> dict[str, object]:
        """The options as JSON takes them."""
        return {**asdict(self), "start": self.start.isoformat().replace("+00:00", "Z")}


def sized(
    count: int | None, seconds: float | None, rate: float, start: datetime | None, now: datetime
) -> tuple[int, float, datetime]:
    """Count, seconds and start of a run from what was given of them.

    Paced: from now on, `count` orders or what fits into `seconds`, whichever ends first. As fast
    as possible: a day of orders, by default, that ended long enough ago for their deliveries.

    Raises:
        BadOptionError: if a number makes no sense or the orders would lie in the future.
    """
    if not (math.isfinite(rate) and rate >= 0):
        raise BadOptionError(f"--rate is {rate}; it has to be 0 or more orders per second.")
    if seconds is not None and not (math.isfinite(seconds) and seconds > 0):
        raise BadOptionError(f"--seconds is {seconds}; it has to be more than 0.")
    if rate:
        fits = None if seconds is None else max(1, round(seconds * rate))
        count = min(n for n in (count, fits, None if count or fits else 60 * round(rate)) if n)
        seconds = count / rate
        start = start or _whole_milliseconds(now)
        ends = start
    else:
        count, seconds = count or DEFAULT_COUNT, seconds or DEFAULT_SPAN
        ends_at = (now - AFTERMATH).replace(microsecond=0)
        start = start or ends_at - timedelta(seconds=math.ceil(seconds))
        ends = start + timedelta(seconds=seconds)
    if ends > now + _HOUR:
        raise BadOptionError(
            "The orders would lie in the future: give an earlier --start or fewer --seconds."
        )
    return count, seconds, start


def parse_start(text: str) -> datetime:
    """A moment, UTC unless it names another zone.

    Raises:
        BadOptionError: if the text is no such moment.
    """
    try:
        start = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadOptionError(f"--start is {text!r}; write it as 2026-01-09T10:00.") from error
    aware = start.replace(tzinfo=UTC) if start.tzinfo is None else start.astimezone(UTC)
    return _whole_milliseconds(aware)


def parse_versions(text: str) -> tuple[float, float, float]:
    """The shares of schema versions 1, 2 and 3 from `0.3,0.3,0.4`.

    Raises:
        BadOptionError: if these are not three numbers.
    """
    try:
        first, second, third = (float(share) for share in text.split(","))
    except ValueError as error:
        raise BadOptionError(f"--versions is {text!r}; write it as 0.3,0.3,0.4.") from error
    return first, second, third


def _whole_milliseconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")
