"""One run: orders to sessions, sessions to lines, lines to files, and the counts beside them."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from operations.simulator.delivery import remove, write_atomically
from operations.web_events.errors import BadOptionError, UnreadableOrdersError
from operations.web_events.expected import Tally, encode_expected
from operations.web_events.landing import land, run_name
from operations.web_events.lines import lines_of
from operations.web_events.model import Order
from operations.web_events.sessions import sessions_of
from operations.web_events.settings import Options

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a run has done: its counts, and files that were not there before out of all."""

    tally: Tally
    orders: int
    files: int
    written: int


def chosen_orders(orders: Sequence[Order], options: Options) -> tuple[Order, ...]:
    """The orders of the asked days; the orders are in the order of their time.

    Raises:
        BadOptionError: if there are none.
    """
    oldest, newest = orders[0].ordered_at.date(), orders[-1].ordered_at.date()
    first = options.start or oldest
    wanted = options.days or (newest - first).days + 1
    chosen = tuple(o for o in orders if 0 <= (o.ordered_at.date() - first).days < wanted)
    if not chosen:
        span = f"within {options.days} days from {first}" if options.days else f"since {first}"
        raise BadOptionError(
            f"No order was placed {span}; these orders are of {oldest} to {newest}."
        )
    return chosen


def run(
    orders: Sequence[Order],
    options: Options,
    landing: Path,
    expected: Path,
    progress: Progress = lambda _: None,
) -> Done:
    """Lands the web events of the orders and writes down what they must come to.

    Raises:
        BadOptionError: if there is no order on the asked days.
        UnreadableOrdersError: if no order has a product.
        LandingWriteError: if a file cannot be written or replaced.
    """
    catalogue = sorted({product for order in orders for product in order.product_ids})
    if not catalogue:
        raise UnreadableOrdersError("No order has an item; give the items of the same orders.")
    chosen = chosen_orders(orders, options)
    tally = Tally()
    days: dict[date, list[str]] = defaultdict(list)
    missing, seed = options.defects.missing_steps, options.seed
    for number, order in enumerate(chosen, start=1):
        for session in sessions_of(order, catalogue, options.rates, missing, seed):
            tally.add_session(session)
            for line in lines_of(session, options.defects, seed):
                tally.add_line(line)
                days[line.day].append(line.text)
        progress(number)
    # What lies there is of an earlier run; if this one fails, it is not to be taken for its.
    remove(expected)
    name = run_name((options, catalogue), (order.order_id for order in chosen))
    written = land(landing, name, days)
    facts = described(options) | {"orders": len(chosen)}
    write_atomically(expected, encode_expected(tally.expected(facts)))
    return Done(tally=tally, orders=len(chosen), files=len(days), written=written)


def described(options: Options) -> dict[str, object]:
    """The options as JSON takes them."""
    return asdict(options) | {"start": options.start and options.start.isoformat()}
