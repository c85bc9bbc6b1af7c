"""The command `orders simulate`: orders to Kafka, and the sums that they must lead to."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as ProgressBar

from operations.orders.errors import OrdersError
from operations.orders.expected import encode_expected
from operations.orders.kafka_config import producer_config
from operations.orders.kafka_sink import KafkaTopic
from operations.orders.landing import Landing
from operations.orders.properties import read_properties
from operations.orders.report import print_summary
from operations.orders.run import Progress, run
from operations.orders.settings import (
    DEFAULT_COUNT,
    FRAUDS,
    PRESETS,
    DefectRates,
    Options,
    parse_start,
    parse_versions,
    sized,
)
from operations.orders.sinks import JsonLinesFile, Sink
from operations.simulator.delivery import write_atomically
from operations.simulator.errors import SimulatorError
from warehouse.settings import Settings

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Simulated food orders, live on Kafka."
)
_STOPPED = 130  # what a shell reports of a command that was interrupted


class Defects(StrEnum):
    """Named sets of defect rates."""

    none = "none"
    demo = "demo"
    hostile = "hostile"


def _share(defect: str, text: str) -> Any:
    shown = f"demo: {getattr(PRESETS['demo'], defect):g}"
    if defect == "hostile":
        shown = f"hostile: {PRESETS['hostile'].hostile:g}"
    return typer.Option(help=text, min=0, max=1, show_default=shown, rich_help_panel="Defect rates")


Count = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="Orders; copies and hostile messages are extra.",
        show_default=f"{DEFAULT_COUNT}",
    ),
]
Seconds = Annotated[
    float | None,
    typer.Option(help="Time that the orders cover; with --rate, how long to send.", min=0.001),
]
Rate = Annotated[float, typer.Option(min=0, help="Orders per second; 0: as fast as possible.")]
Seed = Annotated[int, typer.Option(min=0, help="Same seed and options, same messages.")]
Start = Annotated[
    str | None,
    typer.Option(
        help="Moment of the first order, UTC, as 2026-01-09T10:00.",
        show_default="now; at rate 0, so that all ended 3 hours ago",
    ),
]
Customers = Annotated[int, typer.Option(min=10, help="Customers who order by habit.")]
Versions = Annotated[str, typer.Option(help="Shares of schema versions 1, 2 and 3, in that order.")]
Topic = Annotated[str, typer.Option(help="Kafka topic.")]
KafkaConfig = Annotated[
    Path | None,
    typer.Option(help="Client properties.", show_default="<LAKELEDGER_HOME>/kafka.properties"),
]
Output = Annotated[
    Path | None, typer.Option(help="Write the messages to this file, as JSON lines, not to Kafka.")
]
ExpectedPath = Annotated[
    Path | None,
    typer.Option(help="Expected sums.", show_default="<LAKELEDGER_HOME>/expected_orders.json"),
]
LandingPath = Annotated[
    Path | None,
    typer.Option(help="Also write customers, dishes, restaurants, deliveries, reviews below this."),
]
Preset = Annotated[
    Defects,
    typer.Option(help="Preset that the rates below change.", rich_help_panel="Defect rates"),
]
FraudShare = Annotated[
    float | None,
    typer.Option(
        min=0, max=0.2, help="Orders that are labelled frauds.", show_default="demo: 0.002"
    ),
]
Duplicates = Annotated[float | None, _share("duplicates", "Messages sent again later.")]
Late = Annotated[float | None, _share("late", "Orders sent minutes to hours after their time.")]
NullUser = Annotated[float | None, _share("null_user_id", "Orders without user_id.")]
NullDish = Annotated[float | None, _share("null_dish_id", "Orders without dish_id.")]
BadPrice = Annotated[float | None, _share("bad_price", "Orders with a price of 0 or less.")]
BadQuantity = Annotated[float | None, _share("bad_quantity", "Orders with quantity 0 or less.")]
Outliers = Annotated[float | None, _share("outliers", "Orders at 50 times the price.")]
HighValue = Annotated[float | None, _share("high_value", "Large orders that are no fraud.")]
Bursts = Annotated[float | None, _share("bursts", "Orders in bursts of one customer.")]
Hostile = Annotated[float | None, _share("hostile", "Hostile messages, on top of the orders.")]
Oversize = Annotated[
    int | None,
    typer.Option(
        min=0,
        help="Orders of 2 MB, on top.",
        show_default="hostile: 1",
        rich_help_panel="Defect rates",
    ),
]


@app.callback()
def orders() -> None:
    """Simulated food orders, live on Kafka."""


@app.command("simulate")
def simulate(
    count: Count = None,
    seconds: Seconds = None,
    rate: Rate = 0,
    seed: Seed = 1,
    start: Start = None,
    customers: Customers = 5000,
    versions: Versions = "0.3,0.3,0.4",
    frauds: FraudShare = None,
    kafka_config: KafkaConfig = None,
    topic: Topic = "orders",
    output: Output = None,
    expected: ExpectedPath = None,
    landing: LandingPath = None,
    defects: Preset = Defects.demo,
    duplicates: Duplicates = None,
    late: Late = None,
    null_user_id: NullUser = None,
    null_dish_id: NullDish = None,
    bad_price: BadPrice = None,
    bad_quantity: BadQuantity = None,
    outliers: Outliers = None,
    high_value: HighValue = None,
    bursts: Bursts = None,
    hostile: Hostile = None,
    oversize: Oversize = None,
) -> None:
    """Send simulated orders to Kafka, or to a file, and write down what they must add up to.

    Each message is acknowledged by all replicas, or the command ends with exit code 1 and no
    expected file. Interrupted, it writes the sums of what was sent and ends with 130.
    """
    given = locals()
    try:
        complete = _simulate(given)
    except (OrdersError, SimulatorError) as error:
        Console(stderr=True, markup=False, highlight=False).print(f"Error: {error}", soft_wrap=True)
        raise typer.Exit(error.exit_code) from error
    if not complete:
        raise typer.Exit(_STOPPED)


def _simulate(given: dict[str, Any]) -> bool:
    options = build_options(given, datetime.now(UTC))
    home = Settings.from_environment().home
    sums = (given["expected"] or home / "expected_orders.json").absolute()
    root = given["landing"] and given["landing"].absolute()
    sink = _sink(given, home)
    # What lies there is of an earlier run; if this one fails, it must not be taken for its sums.
    _remove(sums)
    landing = Landing(root, options) if root else None
    with _stoppable() as stopped, _progress(options.count) as progress:
        done = run(options, sink, landing, stopped, progress)
    facts = options.described() | {"to": sink.name}
    write_atomically(sums, encode_expected(done.tally.expected(facts, done.complete)))
    console = Console(markup=False, highlight=False)
    print_summary(console, options, done, sink.name, sums, root)
    return done.complete


def build_options(given: dict[str, Any], now: datetime) -> Options:
    """The options of a run from the command's parameters.

    Raises:
        BadOptionError: if a value makes no sense.
    """
    preset = given["defects"].value
    rates = {
        rate.name: given[rate.name] for rate in fields(DefectRates) if given[rate.name] is not None
    }
    begins = None if given["start"] is None else parse_start(given["start"])
    count, seconds, start = sized(given["count"], given["seconds"], given["rate"], begins, now)
    return Options(
        start=start,
        count=count,
        seconds=seconds,
        rate=given["rate"],
        seed=given["seed"],
        customers=given["customers"],
        frauds=FRAUDS[preset] if given["frauds"] is None else given["frauds"],
        versions=parse_versions(given["versions"]),
        defects=replace(PRESETS[preset], **rates),
    )


def _sink(given: dict[str, Any], home: Path) -> Sink:
    if given["output"]:
        return JsonLinesFile(given["output"].absolute())
    path = (given["kafka_config"] or home / "kafka.properties").absolute()
    return KafkaTopic(producer_config(read_properties(path)), given["topic"])


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise OrdersError(
            f"{path} could not be replaced: {error.strerror or error}. Check its rights."
        ) from error


@contextmanager
def _stoppable() -> Iterator[Callable[[], bool]]:
    """The first interrupt or termination asks to stop; a second one ends the process as usual."""
    asked = False

    def ask(number: int, _: object) -> None:
        nonlocal asked
        asked = True
        signal.signal(number, signal.default_int_handler)

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _progress(orders: int) -> Iterator[Progress]:
    """A bar on stderr, gone when the work is done; nothing where stderr is no terminal."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with ProgressBar(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("Sending messages", total=orders)
        yield lambda done: bar.update(task, completed=done)
