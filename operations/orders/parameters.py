"""The options of `orders simulate`, as the command line shows them."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from operations.orders.settings import DEFAULT_COUNT, PRESETS


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
