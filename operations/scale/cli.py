"""`lakeledger scale`: which sizes keep the promises of freshness, through simulated days."""

from pathlib import Path
from typing import Annotated

import typer

from operations.cost.errors import BadInputs
from operations.cost.inputs import FILE as COST
from operations.cost.inputs import read_inputs, read_scenarios
from operations.cost.statement import told
from operations.refusals import explained
from operations.scale.reading import INPUTS, SCENARIOS, read_figures
from operations.scale.statement import statement

Rates = Annotated[
    Path, typer.Option(help="Rates and sizes as deployed; default: resources/cost/inputs.yml.")
]
Inputs = Annotated[Path, typer.Option(help="How events come; default: resources/scale/inputs.yml.")]
Scenarios = Annotated[
    Path, typer.Option(help="Days to simulate; default: resources/scale/scenarios.yml.")
]
Seed = Annotated[int, typer.Option(min=0, help="Another seed, other bursts and noise.")]
Into = Annotated[
    Path | None, typer.Option(help="A page with markers, as docs/scale.md, to write it into.")
]


def scale(
    rates: Rates = COST,
    inputs: Inputs = INPUTS,
    scenarios: Scenarios = SCENARIOS,
    seed: Seed = 1,
    into: Into = None,
) -> None:
    """Say which sizes keep bronze, silver and gold fresh, through days of bursts and outages."""
    with explained(BadInputs):
        f, own = read_figures(rates, inputs), read_inputs(inputs)
        told(statement(f, own, read_scenarios(scenarios), seed), into, "scale")
