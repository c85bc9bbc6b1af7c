"""A month closed under faults: some accounts, closed, corrected after the close, seen once more."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from operations.dbt import PROJECT
from tests.faults.faults import WorkFault
from tests.faults.plant import Plant

# The accounts are two hours old when the month ends: a month of them is four hours.
FIRST_HOUR = datetime(2026, 1, 31, 20, tzinfo=UTC)
HOURS = tuple(FIRST_HOUR + timedelta(hours=number) for number in range(4))
REGIONS = ("r1", "r2")
PERIOD = "2026-01"
PRICE = Decimal("0.2")
# What the gates of a close look at.
MODELS = ("+fct_period_states", "fct_held_back_usage")
_MOST_TRIES = 8
_SEALED = "select to_json(struct(*)) as row from ledger.sealed_usage order by row"


class Month:
    """A month of some accounts, by its seed: what is delivered, and how its close is disturbed."""

    def __init__(self, seed: int, accounts: int = 3) -> None:
        self._random = Random(f"close/{seed}")
        self.accounts = tuple(f"close{seed}a{number}" for number in range(accounts))
        self.usage = self._usage("o", 3)
        self.late = self._usage("late", 2)

    def strike(self) -> tuple[str, float]:
        """What befalls the next step, and after which share of its time."""
        return self._random.choice(("killed", "killed", "endpoint gone", "nothing")), round(
            self._random.random(), 3
        )

    def _usage(self, prefix: str, count: int) -> list[dict[str, Any]]:
        return [
            {
                "record_id": f"{account}-{prefix}{number}",
                "account_id": account,
                "workspace_id": f"w-{account}-{region}",
                "sku_name": "CLOSED",
                "cloud": "AWS",
                "usage_start_time": hour.isoformat(),
                "usage_end_time": (hour + timedelta(hours=1)).isoformat(),
                "usage_date": f"{hour:%Y-%m-%d}",
                "usage_unit": "DBU",
                "usage_quantity": str(Decimal(self._random.randint(1, 10**7)) / 10**5),
                "record_type": "ORIGINAL",
                "billing_origin_product": "JOBS",
                "region": region,
            }
            for account in self.accounts
            for number in range(count)
            for region, hour in [(self._random.choice(REGIONS), self._random.choice(HOURS))]
        ]


def play_close(plant: Plant, month: Month) -> list[str]:
    """Differences between the closed month and what it has to be, a sentence each."""
    _land(plant, "first", month.usage, month.usage, emitted=2)
    _taken_in(plant, month)
    _stepwise(plant, month, "soft", "--by", "carol")
    for name in ("ann", "ben"):
        _stepwise(plant, month, "approve", "--by", name)
    _stepwise(plant, month, "seal", "--by", "carol")
    sealed = plant.rows(_SEALED)
    found = _compared("sealed", _sealed_money(plant), _money(month.usage))
    found += _seals_once(plant, month)
    _land(plant, "late", month.late, [*month.usage, *month.late], emitted=3)
    _taken_in(plant, month)
    found += _compared("adjusted", _adjusted_money(plant), _money(month.late))
    _stepwise(plant, month, "verify")
    if plant.rows(_SEALED) != sealed:
        found.append("sealed rows have changed")
    return found


def _taken_in(plant: Plant, month: Month) -> None:
    """Ingestion and dbt, disturbed once, then until they end well."""
    plant.ingest()
    kind, share = month.strike()
    if kind != "nothing":
        plant.build(WorkFault(turn=0, step="dbt", kind=kind, at=share, roll=0))
    for _ in range(_MOST_TRIES):
        if plant.build() is None:
            return
    raise AssertionError("dbt does not come to its end")


def _stepwise(plant: Plant, month: Month, *command: str) -> None:
    """A command of `lakeledger close`, disturbed once, then until it ends well."""
    arguments = [sys.executable, "-m", "operations", "close", command[0], "--period", PERIOD]
    said = ""
    for attempt in range(_MOST_TRIES):
        kind, share = month.strike() if attempt == 0 else ("nothing", 0.0)
        process = subprocess.Popen(
            [*arguments, *command[1:]],
            cwd=PROJECT,
            env={**os.environ, **plant.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        with plant.struck(kind, share, process.pid):
            said = process.communicate()[0]
        if process.returncode == 0:
            return
    raise AssertionError(f"close {command[0]} does not come to its end: {said}")


def _land(
    plant: Plant,
    name: str,
    records: Sequence[dict[str, Any]],
    announced: Sequence[dict[str, Any]],
    emitted: int,
) -> None:
    for region in REGIONS:
        mine = [r for r in announced if r["region"] == region]
        lines = {
            "billing_usage": [r for r in records if r["region"] == region],
            "delivery_manifests": [_manifest(region, hour, mine, emitted) for hour in HOURS],
        }
        if region == "r1":
            lines["list_prices"] = [_PRICE]
        for source, rows in lines.items():
            folder = plant.home / "landing" / "platform" / source / f"region={region}"
            folder.mkdir(parents=True, exist_ok=True)
            _write(folder / f"{name}.json", "".join(f"{json.dumps(row)}\n" for row in rows))


def _write(path: Path, text: str) -> None:
    path.write_text(text)
    then = time.time() - 60
    os.utime(path, (then, then))


def _manifest(
    region: str, hour: datetime, records: Sequence[dict[str, Any]], emitted: int
) -> dict[str, Any]:
    mine = [r for r in records if r["usage_start_time"] == hour.isoformat()]
    return {
        "source": "billing_usage",
        "region": region,
        "sector_start": hour.isoformat(),
        "sector_end": (hour + timedelta(hours=1)).isoformat(),
        "files": [],
        "record_count": len(mine),
        "quantity_sum": str(sum((Decimal(r["usage_quantity"]) for r in mine), Decimal(0))),
        "complete_through": (hour + timedelta(hours=1)).isoformat(),
        "emitted_at": (hour + timedelta(hours=emitted)).isoformat(),
    }


_PRICE = {
    "price_start_time": "2025-01-01T00:00:00Z",
    "sku_name": "CLOSED",
    "cloud": "AWS",
    "currency_code": "USD",
    "usage_unit": "DBU",
    "pricing": {"default": str(PRICE)},
}


def _money(records: Sequence[dict[str, Any]]) -> dict[str, Decimal]:
    total: dict[str, Decimal] = {}
    for record in records:
        own = Decimal(record["usage_quantity"]) * PRICE
        total[record["account_id"]] = total.get(record["account_id"], Decimal(0)) + own
    return total


def _sealed_money(plant: Plant) -> dict[str, Decimal]:
    return dict(
        plant.rows(
            """select account_id, sum(billed_cost) from ledger.sealed_usage
            where seal_id in (select seal_id from ledger.period_seals) group by all"""
        )
    )


def _adjusted_money(plant: Plant) -> dict[str, Decimal]:
    return dict(
        plant.rows(
            """select account_id, sum(billed_cost) from gold_billing.fct_billing_adjustments
            group by all"""
        )
    )


def _compared(name: str, found: dict[str, Decimal], wanted: dict[str, Decimal]) -> list[str]:
    return [
        f"{name} of {account}: {found.get(account)} in place of {wanted.get(account)}"
        for account in sorted(found.keys() | wanted.keys())
        if found.get(account) != wanted.get(account)
    ]


def _seals_once(plant: Plant, month: Month) -> list[str]:
    rows = plant.rows("select account_id, count(*) from ledger.period_seals group by all")
    events = plant.rows(
        """select account_id, event, actor, count(*) from ledger.period_events
        group by all having count(*) > 1"""
    )
    missing = [f"{a} has no seal" for a in month.accounts if a not in dict(rows)]
    return [
        *missing,
        *(f"{account} has {count} seals" for account, count in rows if count > 1),
        *(f"{a} was {event} by {actor} {count} times" for a, event, actor, count in events),
    ]
