"""The command `orders simulate`: orders to Kafka, and the sums that they must lead to."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer
from rich.console import Console

from operations.orders.expected import encode_expected
from operations.orders.kafka_config import producer_config
from operations.orders.kafka_sink import KafkaTopic
from operations.orders.landing import Landing
from operations.orders.parameters import (
    BadPrice,
    BadQuantity,
    Bursts,
    Count,
    Customers,
    Defects,
    Duplicates,
    ExpectedPath,
    FraudShare,
    HighValue,
    Hostile,
    KafkaConfig,
    LandingPath,
    Late,
    NullDish,
    NullUser,
    Outliers,
    Output,
    Oversize,
    Preset,
    Rate,
    Seconds,
    Seed,
    Start,
    Topic,
    Versions,
)
from operations.orders.properties import read_properties
from operations.orders.report import print_summary
from operations.orders.run import run
from operations.orders.settings import (
    FRAUDS,
    PRESETS,
    DefectRates,
    Options,
    parse_start,
    parse_versions,
    sized,
)
from operations.orders.sinks import JsonLinesFile, Sink
from operations.progress_bar import progress_bar
from operations.refusals import explained
from operations.simulator.delivery import remove, write_atomically
from operations.simulator.errors import SimulatorError
from warehouse.settings import Settings

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Simulated food orders, live on Kafka."
)
_STOPPED = 130  # what a shell reports of a command that was interrupted


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
    with explained(SimulatorError):
        complete = _simulate(given)
    if not complete:
        raise typer.Exit(_STOPPED)


def _simulate(given: dict[str, Any]) -> bool:
    options = build_options(given, datetime.now(UTC))
    home = Settings.from_environment().home
    sums = (given["expected"] or home / "expected_orders.json").absolute()
    root = given["landing"] and given["landing"].absolute()
    sink = _sink(given, home)
    try:
        # What lies there is of an earlier run; if this one fails, it is not to be taken for its.
        remove(sums)
    except SimulatorError:
        sink.abandon()
        raise
    landing = Landing(root, options) if root else None
    with _stoppable() as stopped, progress_bar("Sending messages", options.count) as progress:
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
