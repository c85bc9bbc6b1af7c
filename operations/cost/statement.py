"""The cost of a month as Markdown: the same inputs give the same text."""

from collections.abc import Iterable, Sequence

from operations.cost.errors import BadInputs
from operations.cost.inputs import Figures, Input, Scenario, figures
from operations.cost.model import cores, lines, size_factor, total
from operations.cost.sensitivity import Limit, limits, totals

BEGIN, END = "<!-- lakeledger cost: begin -->", "<!-- lakeledger cost: end -->"


def placed(page: str, text: str) -> str:
    """The page with the text between its markers; raises BadInputs where it has none."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise BadInputs(f"The page has no lines {BEGIN} and {END} to write between.")
    return f"{before}{BEGIN}\n\n{text}\n{END}{after}"


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
    return _table(
        ("line", "quantity", "$/month"), [*rows, ("**all**", "", f"**{_dollars(total(f))}**")], "lr"
    )


def _limits(f: Figures, inputs: Sequence[Input]) -> str:
    units = {one.name: one.unit for one in inputs}
    rows = [
        (f"`{one.name}`", f"{one.value:,.6g} {units[one.name]}", _until(one)) for one in limits(f)
    ]
    return "### What breaks it first\n\n" + _table(
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
    return "### What if\n\n" + _table(("what", "$/month", "within the budget"), rows, "rl")


def _inputs(inputs: Sequence[Input]) -> str:
    rows = [
        (f"`{one.name}`", f"{one.value:,.12g}", one.unit, one.kind, one.source) for one in inputs
    ]
    headings = ("input", "value", "unit", "kind", "from")
    return "### Inputs\n\n" + _table(headings, rows, "rlll")


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]], sides: str) -> str:
    """`sides` says of each column but the first whether it is set left or right (l, r)."""
    rules = ["---", *("---:" if side == "r" else "---" for side in sides)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (headings, rules, *rows))


def _dollars(amount: float) -> str:
    return f"${amount:,.0f}"
