"""What the producers of a round deliver, and what has to come of it. Knows nothing of the pipeline.

Everything follows from the seed, account by account, so that leaving one out changes no other.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from random import Random

REGIONS = ("r1", "r2")
DAYS = 3
HOURS = (8, 9, 20)
TURNS = 3
HOUR = timedelta(hours=1)
# Until noon of the second day, and from then on.
PRICES = (Decimal("0.15"), Decimal("0.22"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A file as its producer writes it, and the turn in which it is due."""

    source: str
    region: str
    name: str
    turn: int
    content: bytes
    account: str = ""

    @property
    def key(self) -> str:
        """What names it among all parcels: a file that is written again has one for each time."""
        return f"{self.source}/{self.region}/{self.name}@{self.turn}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """A usage record of one hour."""

    account: str
    record_id: str
    region: str
    start: datetime
    quantity: Decimal
    kind: str = "ORIGINAL"

    def line(self, sku: str) -> str:
        return json.dumps(
            {
                "record_id": self.record_id,
                "account_id": self.account,
                "workspace_id": workspace(self.account, self.region),
                "sku_name": sku,
                "cloud": "AWS",
                "usage_start_time": self.start.isoformat(),
                "usage_end_time": (self.start + HOUR).isoformat(),
                "usage_date": f"{self.start:%Y-%m-%d}",
                "usage_unit": "DBU",
                "usage_quantity": str(self.quantity),
                "record_type": self.kind,
                "billing_origin_product": "JOBS",
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Silver's rows with their counts, and gold's (quantity, cost) by account and day."""

    usage: Counter[tuple[str, str, Decimal]]
    audit: Counter[tuple[str, str]]
    billable: Counter[tuple[str, datetime, Decimal]]
    money: dict[tuple[str, date], tuple[Decimal, Decimal]]


@dataclass(frozen=True)
class World:
    """Some accounts over some days from `first_day` on; its name is its own in a plant."""

    name: str
    seed: str
    accounts: tuple[str, ...]
    first_day: date

    @property
    def sku(self) -> str:
        return f"SKU_{self.name}".upper()

    @property
    def hours(self) -> list[datetime]:
        start = datetime.combine(self.first_day, datetime.min.time(), UTC)
        return [start + timedelta(days=day, hours=hour) for day in range(DAYS) for hour in HOURS]

    @cached_property
    def usage(self) -> list[Usage]:
        return [record for account in self.accounts for record in self._usage_of(account)]

    @cached_property
    def parcels(self) -> list[Parcel]:
        """Every file of the round, as it would come without faults."""
        common = [self._prices(), *self._workspaces(), *self._manifests()]
        return common + [p for account in self.accounts for p in self._parcels_of(account)]

    def price(self, start: datetime) -> Decimal:
        """The list price of an hour: that at its end."""
        change = datetime.combine(self.first_day, datetime.min.time(), UTC) + 36 * HOUR
        return PRICES[start + HOUR >= change]

    def expected(self) -> Expected:
        """What silver and gold have to hold of these accounts, whatever happened on the way."""
        money: dict[tuple[str, date], tuple[Decimal, Decimal]] = {}
        for record in self.usage:
            day = (record.account, record.start.date())
            quantity, cost = money.get(day, (Decimal(0), Decimal(0)))
            own = record.quantity * self.price(record.start)
            money[day] = (quantity + record.quantity, cost + own)
        return Expected(
            usage=Counter((r.account, r.record_id, r.quantity) for r in self.usage),
            audit=Counter(
                (account, request) for account in self.accounts for request in _requests(account)
            ),
            billable=Counter(
                (account, start, dbus)
                for account in self.accounts
                for start, dbus in self._month(account, TURNS - 1)
            ),
            money=money,
        )

    def _random(self, *parts: str) -> Random:
        return Random("/".join((self.seed, *parts)))

    def _usage_of(self, account: str) -> list[Usage]:
        random = self._random(account, "usage")
        records = []
        for number in range(random.randint(6, 10)):
            original = Usage(
                account=account,
                record_id=f"{account}-{number}",
                region=random.choice(REGIONS),
                start=random.choice(self.hours),
                quantity=Decimal(random.randint(1, 10**8)) / 10**6,
            )
            records.append(original)
            if random.random() < 0.25:
                records += _corrected(original, Decimal(random.randint(1, 10**8)) / 10**6)
        return records

    def _parcels_of(self, account: str) -> list[Parcel]:
        by_file: dict[tuple[str, int, str], list[str]] = defaultdict(list)
        for record in (r for r in self.usage if r.account == account):
            late = record.kind != "ORIGINAL"
            turn = min((record.start.date() - self.first_day).days + late, TURNS - 1)
            by_file[record.region, turn, record.kind[:3]].append(record.line(self.sku))
        usage = [
            _parcel("billing_usage", region, f"{account}-{turn}-{kind}", turn, lines, account)
            for (region, turn, kind), lines in by_file.items()
        ]
        return usage + self._audit_of(account) + self._billable_of(account)

    def _audit_of(self, account: str) -> list[Parcel]:
        random = self._random(account, "audit")
        lines = [
            json.dumps(
                {
                    "version": "2.0",
                    "timestamp": int(random.choice(self.hours).timestamp() * 1000) + number,
                    "accountId": account,
                    "workspaceId": "0",
                    "serviceName": "accounts",
                    "actionName": "login",
                    "requestId": request,
                    "userIdentity": {"email": f"user-{number}@example.com"},
                }
            )
            for number, request in enumerate(_requests(account))
        ]
        region, half = random.choice(REGIONS), len(lines) // 2
        return [
            _parcel("audit_logs", region, f"{account}-{turn}", turn, part, account)
            for turn, part in enumerate((lines[:half], lines[half:]))
        ]

    def _billable_of(self, account: str) -> list[Parcel]:
        header = "workspaceId,timestamp,clusterId,clusterNodeType,sku,dbus"
        files = []
        for turn in range(TURNS):
            rows = [
                f"{account},{start.isoformat()},c1,m5.large,JOBS,{dbus}"
                for start, dbus in self._month(account, turn)
            ]
            content = "".join(f"{line}\n" for line in (header, *rows)).encode()
            files.append(
                Parcel(
                    source="billable_usage",
                    region="r1",
                    name=f"{account}.csv",
                    turn=turn,
                    content=content,
                    account=account,
                )
            )
        return files

    def _month(self, account: str, version: int) -> list[tuple[datetime, Decimal]]:
        """The rows of a file that is written again: one day more, the last day's figures new."""
        rows = []
        for number, start in enumerate(self.hours[: (version + 1) * len(HOURS)]):
            is_last = number // len(HOURS) == version
            random = self._random(account, "month", str(number), str(is_last))
            # A row that a later file lacks has to go.
            if is_last or random.random() < 0.9:
                rows.append((start, Decimal(random.randint(1, 10**6)) / 100))
        return rows

    def _prices(self) -> Parcel:
        change = datetime.combine(self.first_day, datetime.min.time(), UTC) + 36 * HOUR
        windows = zip((None, change), (change, None), PRICES, strict=True)
        lines = [
            json.dumps(
                {
                    "price_start_time": (start or change - timedelta(days=3)).isoformat(),
                    "price_end_time": end and end.isoformat(),
                    "sku_name": self.sku,
                    "cloud": "AWS",
                    "currency_code": "USD",
                    "usage_unit": "DBU",
                    "pricing": {"default": str(price)},
                }
            )
            for start, end, price in windows
        ]
        return _parcel("list_prices", "global", f"{self.name}-prices", 0, lines)

    def _workspaces(self) -> list[Parcel]:
        return [
            _parcel(
                "workspaces",
                region,
                f"{self.name}-{region}",
                0,
                [
                    json.dumps(
                        {
                            "account_id": account,
                            "workspace_id": workspace(account, region),
                            "workspace_name": workspace(account, region),
                            "snapshot_time": self.hours[0].isoformat(),
                        }
                    )
                    for account in self.accounts
                ],
            )
            for region in REGIONS
        ]

    def _manifests(self) -> list[Parcel]:
        files: dict[tuple[str, int], list[str]] = defaultdict(list)
        for region in REGIONS:
            for hour in self.hours:
                turn = (hour.date() - self.first_day).days
                files[region, turn].append(self._manifest(region, hour))
        return [
            _parcel("delivery_manifests", region, f"{self.name}-{region}-{turn}", turn, lines)
            for (region, turn), lines in files.items()
        ]

    def _manifest(self, region: str, hour: datetime) -> str:
        mine = [r for r in self.usage if (r.region, r.start) == (region, hour)]
        ids = "\n".join(sorted(record.record_id for record in mine))
        return json.dumps(
            {
                "source": "billing_usage",
                "region": region,
                "sector_start": hour.isoformat(),
                "sector_end": (hour + HOUR).isoformat(),
                "files": [],
                "record_count": len(mine),
                "quantity_sum": str(sum((r.quantity for r in mine), Decimal(0))),
                "checksum": hashlib.sha256(ids.encode()).hexdigest() if mine else None,
                "complete_through": (hour + HOUR).isoformat(),
                "emitted_at": (hour + 2 * HOUR).isoformat(),
            }
        )


def workspace(account: str, region: str) -> str:
    return f"w-{account}-{region}"


def _requests(account: str) -> list[str]:
    return [f"{account}-request-{number}" for number in range(6)]


def _corrected(original: Usage, quantity: Decimal) -> Iterable[Usage]:
    for kind, amount in (("RETRACTION", -original.quantity), ("RESTATEMENT", quantity)):
        yield Usage(
            account=original.account,
            record_id=f"{original.record_id}-{kind}",
            region=original.region,
            start=original.start,
            quantity=amount,
            kind=kind,
        )


def _parcel(
    source: str, region: str, name: str, turn: int, lines: Sequence[str], account: str = ""
) -> Parcel:
    content = "".join(f"{line}\n" for line in lines).encode()
    return Parcel(
        source=source,
        region=region,
        name=f"{name}.json",
        turn=turn,
        content=content,
        account=account,
    )
