"""`lakeledger cost`: what a month costs, line by line."""

from pathlib import Path
from typing import Annotated

import typer

from operations.cost.errors import BadInputs
from operations.cost.inputs import FILE, read_inputs, read_scenarios
from operations.cost.statement import statement, told
from operations.refusals import explained

Inputs = Annotated[
    Path, typer.Option(help="Figures to compute from; default: resources/cost/inputs.yml.")
]
Into = Annotated[
    Path | None, typer.Option(help="A page with markers, as docs/cost-model.md, to write it into.")
]


def cost(inputs: Inputs = FILE, into: Into = None) -> None:
    """Say what a month costs, from measured rates and list prices, and what breaks the budget."""
    with explained(BadInputs):
        told(statement(read_inputs(inputs), read_scenarios()), into)
