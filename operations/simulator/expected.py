"""What a correct pipeline must come to, after each delivery, as one JSON document."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from operations.simulator.bill import (
    BillKey,
    BillLine,
    bill_as_json,
    compute_bill,
    total_of,
    totals_by_day,
)
from operations.simulator.contracts import negotiated_prices
from operations.simulator.faults import expected_reasons
from operations.simulator.manifests import SectorLedger
from operations.simulator.outcomes import cluster_hours, job_runs
from operations.simulator.prices import deliveries, price_windows
from operations.simulator.records import UsageFact
from operations.simulator.schedule import Schedule
from operations.simulator.settings import CLUSTER_EVENTS, JOB_RUNS, PHASES, SOURCES, Phase, iso
from operations.simulator.tally import Tally, total
from operations.simulator.world import World

FORMAT = "lakeledger-expected-bill/1"

# What has been delivered, by the name of the state the landing folder is then in.
STATES: Mapping[str, tuple[Phase, ...]] = {"on-time": ("on-time",), "all": PHASES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Everything counted in a run, by delivery."""

    ledger: SectorLedger
    tallies: Mapping[tuple[Phase, str], Tally]
    facts: Mapping[Phase, Sequence[UsageFact]]
    parts: Mapping[tuple[Phase, str], Counter[str]]
    schedule: Schedule

    @property
    def world(self) -> World:
        """The account."""
        return self.schedule.world

    def tally(self, source: str, phases: Sequence[Phase]) -> Tally:
        """The line accounting of a source after some deliveries."""
        return total(self.tallies.get((phase, source), Tally()) for phase in phases)

    def delivered_parts(self, source: str, phases: Sequence[Phase]) -> Counter[str]:
        """How many parts of each run or cluster came with some deliveries."""
        found: Counter[str] = Counter()
        for phase in phases:
            found += self.parts.get((phase, source), Counter())
        return found

    def bill(self, phases: Sequence[Phase]) -> dict[BillKey, BillLine]:
        """The bill after some deliveries."""
        options = self.world.options
        listed = [row for _, rows in deliveries(options) for row in rows]
        facts = (fact for phase in phases for fact in self.facts.get(phase, ()))
        return compute_bill(facts, price_windows(listed), price_windows(negotiated_prices(options)))


def expected_bill(outcome: Outcome, delivered: Sequence[Phase]) -> dict[str, object]:
    """The document; `state` names the entry of `states` that holds for the landing folder."""
    world, options = outcome.world, outcome.world.options
    return {
        "format": FORMAT,
        "run": {
            "tag": options.tag,
            **options.as_json(),
            "end": iso(options.end),
            "price_change_at": iso(options.price_change_at),
            "contract_change_at": iso(options.contract_change_at),
        },
        "delivered": list(delivered),
        "state": state_of(delivered),
        "account_id": world.account_id,
        "workspaces": [
            {"workspace_id": w.workspace_id, "region": w.region, "cloud": w.cloud}
            for w in world.workspaces
        ],
        "quarantine_reasons": expected_reasons(),
        "states": {name: state(outcome, phases) for name, phases in STATES.items()},
    }


def state_of(delivered: Sequence[Phase]) -> str:
    """The state of a landing folder after some deliveries."""
    return "all" if "late" in delivered else "on-time"


def state(outcome: Outcome, phases: Sequence[Phase]) -> dict[str, object]:
    """Line accounting, records per sector, the bill, runs and clusters after some deliveries."""
    bill = outcome.bill(phases)
    slices = outcome.delivered_parts(JOB_RUNS, phases)
    events = outcome.delivered_parts(CLUSTER_EVENTS, phases)
    return {
        "sources": {s: outcome.tally(s, phases).as_json(s) for s in SOURCES},
        "sectors": outcome.ledger.counts(phases),
        "total": total_of(bill),
        "days": totals_by_day(bill),
        "bill": bill_as_json(bill),
        "job_runs": job_runs(outcome.schedule, slices),
        "cluster_hours": cluster_hours(outcome.schedule, events),
    }
