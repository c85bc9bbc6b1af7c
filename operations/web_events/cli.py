"""The command `web-events simulate`: web events made of orders, and the funnel they must give."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from operations.progress_bar import progress_bar
from operations.refusals import explained
from operations.simulator.errors import SimulatorError
from operations.web_events.model import Step
from operations.web_events.olist import read_orders
from operations.web_events.run import Done, chosen_orders, run
from operations.web_events.settings import DefectRates, Options, Rates, parse_day
from warehouse.settings import Settings

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Web events of a shop, simulated from orders."
)
_RATES, _DEFECTS = Rates(), DefectRates()


def _share(text: str, panel: str) -> Any:
    return typer.Option(help=text, min=0, max=1, rich_help_panel=panel)


_STEPS, _BAD = "Conversion", "Defect rates"


@app.callback()
def web_events() -> None:
    """Web events of a shop, simulated from orders."""


@app.command("simulate")
def simulate(
    orders: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Folder with Olist's orders and order items.")
    ],
    landing: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Landing folder.", show_default="<home>/landing"),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Same seed and options, same events.")] = 1,
    days: Annotated[
        int | None, typer.Option(min=1, help="Days of orders.", show_default="all")
    ] = None,
    start: Annotated[
        str | None,
        typer.Option(help="First day of orders, as 2018-05-01.", show_default="that of the first"),
    ] = None,
    cart_rate: Annotated[float, _share("Of the sessions, to the cart.", _STEPS)] = _RATES.cart,
    checkout_rate: Annotated[float, _share("Of those, on to the checkout.", _STEPS)] = (
        _RATES.checkout
    ),
    purchase_rate: Annotated[float, _share("Of those, on to an order.", _STEPS)] = (
        _RATES.purchase
    ),
    duplicates: Annotated[float, _share("Events delivered twice.", _BAD)] = _DEFECTS.duplicates,
    late: Annotated[float, _share("Events one to three days late.", _BAD)] = _DEFECTS.late,
    broken: Annotated[float, _share("Lines on top that are no events.", _BAD)] = _DEFECTS.broken,
    missing_steps: Annotated[float, _share("Sessions with a cart that lost a step.", _BAD)] = (
        _DEFECTS.missing_steps
    ),
    expected: Annotated[
        Path | None,
        typer.Option(help="Expected counts.", show_default="<home>/expected_web_events.json"),
    ] = None,
) -> None:
    """Land web events that could have led to the orders, and write down their funnel.

    Every order ends one session; around it are others that left before buying.
    """
    given = locals()
    with explained(SimulatorError):
        _simulate(given)


def _simulate(given: dict[str, Any]) -> None:
    rates = Rates(**{name: given[f"{name}_rate"] for name in ("cart", "checkout", "purchase")})
    shares = ("duplicates", "late", "broken", "missing_steps")
    options = Options(
        seed=given["seed"],
        start=None if given["start"] is None else parse_day(given["start"]),
        days=given["days"],
        rates=rates,
        defects=DefectRates(**{name: given[name] for name in shares}),
    )
    home = Settings.from_environment().home
    landing = (given["landing"] or home / "landing").absolute()
    expected = (given["expected"] or home / "expected_web_events.json").absolute()
    orders = read_orders(given["orders"].absolute())
    with progress_bar("Orders", len(chosen_orders(orders, options))) as progress:
        done = run(orders, options, landing, expected, progress)
    _tell(done, landing, expected)


def _tell(done: Done, landing: Path, expected: Path) -> None:
    console = Console(markup=False, highlight=False, soft_wrap=True)
    tally = done.tally
    reached = ", ".join(f"{step.name} {tally.reached(step):,}" for step in Step)
    console.print(f"Orders: {done.orders:,}; sessions that reached: {reached}")
    console.print(f"Lines: {tally.kinds.total():,}, events: {tally.events:,}")
    console.print(f"Expected: {expected}")
    console.print(f"Landing folder: {landing} ({done.files} files, {done.written} of them new)")
