"""Plays a round: files land and befall, processes work and die; then what is there is compared."""

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal

from ingestion.stream import SourceResult
from tests.faults.faults import Fault, WorkFault
from tests.faults.landing import Landing
from tests.faults.plant import Plant
from tests.faults.world import TURNS, Expected, World

_LAST_TRIES = 5
_SHOWN = 5


class NotAtRest(Exception):
    """Without any further fault the pipeline still does not come to its end."""


def play(plant: Plant, world: World, faults: Iterable[Fault]) -> list[str]:
    """Differences between what is there at the end and what has to be, a sentence each."""
    faults = tuple(faults)
    landing = Landing(plant.home / "landing", world, faults)
    found = []
    for turn in range(TURNS):
        landing.turn(turn)
        at_work = {f.step: f for f in faults if isinstance(f, WorkFault) and f.turn == turn}
        _repaired(plant, plant.ingest(at_work.get("ingest")))
        if plant.build(at_work.get("dbt")) is None:
            found += _twice(plant, world)
    landing.rest()
    _come_to_rest(plant)
    plant.clear_landing()
    return [*dict.fromkeys(found), *differences(plant, world.expected(), world.accounts)]


def differences(plant: Plant, expected: Expected, accounts: Sequence[str]) -> list[str]:
    """Rows lost, rows too many and money that differs."""
    there = _there(plant, accounts)
    told = []
    for name in ("usage", "audit", "billable"):
        wanted, found = getattr(expected, name), getattr(there, name)
        told += [f"{name}: lost {row}" for row in sorted(map(str, wanted - found))[:_SHOWN]]
        told += [f"{name}: too many {row}" for row in sorted(map(str, found - wanted))[:_SHOWN]]
    for day in sorted(expected.money.keys() | there.money.keys()):
        wanted, found = expected.money.get(day), there.money.get(day)
        if wanted != found:
            told.append(f"money of {day[0]} on {day[1]}: {found} in place of {wanted}")
    return told


def _there(plant: Plant, accounts: Sequence[str]) -> Expected:
    listed = ", ".join(f"'{account}'" for account in accounts)
    usage = plant.rows(
        f"""select account_id, record_id, usage_quantity from silver.stg_platform__billing_usage
        where account_id in ({listed})"""
    )
    audit = plant.rows(
        f"""select account_id, request_id from silver.stg_platform__audit_logs
        where account_id in ({listed})"""
    )
    billable = plant.rows(
        f"""select workspace_id, usage_started_at, usage_quantity
        from silver.stg_platform__billable_usage where workspace_id in ({listed})"""
    )
    money = plant.rows(
        f"""select account_id, usage_date, sum(usage_quantity), sum(billed_cost)
        from gold_billing.fct_usage_daily where account_id in ({listed}) group by all"""
    )
    return Expected(
        usage=Counter((a, record, Decimal(quantity)) for a, record, quantity in usage),
        audit=Counter((a, request) for a, request in audit),
        billable=Counter((a, start, Decimal(dbus)) for a, start, dbus in billable),
        money={(a, day): (quantity, cost) for a, day, quantity, cost in money},
    )


def _twice(plant: Plant, world: World) -> list[str]:
    """Records that stand in silver twice in the middle of a round: it must never be so."""
    listed = ", ".join(f"'{account}'" for account in world.accounts)
    found = plant.rows(
        f"""select record_id, count(*) from silver.stg_platform__billing_usage
        where account_id in ({listed}) group by record_id having count(*) > 1"""
    )
    return [f"usage: {record} stood there {count} times" for record, count in found]


def _come_to_rest(plant: Plant) -> None:
    failures: list[str] = []
    for _ in range(_LAST_TRIES):
        results = plant.ingest()
        failures = [f"{r.source}: {r.message}" for r in results if r.status != "ok"]
        _repaired(plant, results)
        failed = plant.build()
        if failed is not None:
            failures.append(str(failed))
            plant.restart()
        if not failures:
            return
    raise NotAtRest("\n".join(failures))


def _repaired(plant: Plant, results: Sequence[SourceResult]) -> None:
    """Does what the sentence about a damaged checkpoint says."""
    for result in results:
        if result.status == "failed":
            assert result.message, result
            assert "Traceback" not in result.message, result
            if "checkpoint" in result.message.lower():
                plant.mend(result.source)
