"""What a correct pipeline must come to, after each delivery, as one JSON document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from operations.simulator.bill import bill_as_json, compute_bill, total_of, totals_by_day
from operations.simulator.faults import expected_reasons
from operations.simulator.manifests import SectorLedger
from operations.simulator.prices import deliveries, price_windows
from operations.simulator.records import UsageFact
from operations.simulator.settings import PHASES, SOURCES, Phase, iso
from operations.simulator.tally import Tally, total
from operations.simulator.world import World

FORMAT = "lakeledger-expected-bill/1"

# What has been delivered, by the name of the state the landing folder is then in.
STATES: Mapping[str, tuple[Phase, ...]] = {"on-time": ("on-time",), "all": PHASES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Everything counted in a run, by delivery."""

    world: World
    ledger: SectorLedger
    tallies: Mapping[tuple[Phase, str], Tally]
    facts: Mapping[Phase, Sequence[UsageFact]]

    def tally(self, source: str, phases: Sequence[Phase]) -> Tally:
        """The line accounting of a source after some deliveries."""
        return total(self.tallies.get((phase, source), Tally()) for phase in phases)


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
    """Line accounting, records per sector and the bill after some deliveries."""
    rows = [row for _, listed in deliveries(outcome.world.options) for row in listed]
    facts = (fact for phase in phases for fact in outcome.facts.get(phase, ()))
    bill = compute_bill(facts, price_windows(rows))
    return {
        "sources": {s: outcome.tally(s, phases).as_json(s) for s in SOURCES},
        "sectors": outcome.ledger.counts(phases),
        "total": total_of(bill),
        "days": totals_by_day(bill),
        "bill": bill_as_json(bill),
    }
