"""The cost of a month as Markdown: the same inputs give the same text."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import typer

from operations.cost.errors import BadInputs
from operations.cost.inputs import Figures, Input, Scenario, figures
from operations.cost.model import cores, lines, size_factor, total
from operations.cost.sensitivity import Limit, limits, totals


def placed(page: str, text: str, command: str = "cost") -> str:
    """The page with the text between the command's markers; raises BadInputs where it has none."""
    first, last = (f"<!-- lakeledger {command}: {edge} -->" for edge in ("begin", "end"))
    before, begin, rest = page.partition(first)
    _, end, after = rest.partition(last)
    if not (begin and end):
        raise BadInputs(f"The page has no lines {first} and {last} to write between.")
    return f"{before}{first}\n\n{text}\n{last}{after}"


def told(text: str, into: Path | None, command: str = "cost") -> None:
    """Prints the text, or writes it between the markers of a page; raises BadInputs."""
    if into is None:
        typer.echo(text, nl=False)
        return
    try:
        page = into.read_text(encoding="utf-8")
        into.write_text(placed(page, text, command), encoding="utf-8")
    except OSError as error:
        raise BadInputs(f"{into} cannot be written: {error.strerror}.") from error
    typer.echo(f"Written: {into}")


def statement(inputs: Sequence[Input], scenarios: Iterable[Scenario]) -> str:
    """Tables of lines, limits, scenarios and inputs."""
    f = figures(tuple(inputs))
    parts = [_head(f), _lines(f), _limits(f, inputs), _scenarios(f, scenarios), _inputs(inputs)]
    return "\n\n".join(parts) + "\n"


def _head(f: Figures) -> str:
    whole, budget = total(f), f["budget"]
    verdict = f"{_dollars(budget - whole)} below" if whole <= budget else "**above**"
    busy = cores(f)
    event = size_factor(f) * f["measured_event_bytes"]
    return (
        f"**{_dollars(whole)} a month**, {verdict} the {_dollars(budget)} promised, at "
        f"{f['events_per_second']:,.0f} events/s of {event:,.0f} bytes, "
        f"{f['peak_events_per_second']:,.0f} for {f['peak_hours_per_day']:g} hours a day, "
        f"{f['days_kept']:.0f} days kept. Busy cores: "
        f"{busy.bronze + busy.sql:.0f}, in the peak {busy.bronze_peak + busy.sql_peak:.0f}."
    )


def _lines(f: Figures) -> str:
    rows = [(line.name, line.quantity, _dollars(line.dollars)) for line in lines(f)]
    return table(
        ("line", "quantity", "$/month"), [*rows, ("**all**", "", f"**{_dollars(total(f))}**")], "lr"
    )


def _limits(f: Figures, inputs: Sequence[Input]) -> str:
    units = {one.name: one.unit for one in inputs}
    rows = [
        (f"`{one.name}`", f"{one.value:,.6g} {units[one.name]}", _until(one)) for one in limits(f)
    ]
    return "### What breaks it first\n\n" + table(
        ("input", "is", "the budget is reached at"), rows, "lr"
    )


def _until(one: Limit) -> str:
    if one.factor is None:
        return "not within 20 times"
    return f"{one.value * one.factor:,.4g} ({one.factor:.2f} times)"


def _scenarios(f: Figures, scenarios: Iterable[Scenario]) -> str:
    rows = [
        (name, _dollars(dollars), "yes" if dollars <= f["budget"] else "**no**")
        for name, dollars in totals(f, scenarios).items()
    ]
    return "### What if\n\n" + table(("what", "$/month", "within the budget"), rows, "rl")


def _inputs(inputs: Sequence[Input]) -> str:
    rows = [
        (f"`{one.name}`", f"{one.value:,.12g}", one.unit, one.kind, one.source) for one in inputs
    ]
    headings = ("input", "value", "unit", "kind", "from")
    return "### Inputs\n\n" + table(headings, rows, "rlll")


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], sides: str) -> str:
    """A table of Markdown; `sides` is l or r for each column but the first, which is set left."""
    rules = ["---", *("---:" if side == "r" else "---" for side in sides)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (headings, rules, *rows))


def _dollars(amount: float) -> str:
    return f"${amount:,.0f}"
