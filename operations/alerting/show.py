"""What a person sees of alerts in a terminal."""

from collections.abc import Sequence
from datetime import datetime

from rich.console import Console

from operations.alerting.fold import State
from operations.alerting.model import WORDS, Alert
from operations.alerting.rules import Rule
from operations.alerting.run import Outcome
from operations.plain_table import plain_table
from operations.wording import counted, measured
from warehouse.terminal import cell

_STYLES = {"CRITICAL": "bold red", "HIGH": "red", "MEDIUM": "yellow"}


def summary(outcome: Outcome) -> str:
    """What a check has found and told, in a line or two."""
    kinds = [event.kind for event in outcome.events]
    changes = [f"{kinds.count(kind)} {word}" for kind, word in WORDS.items() if kind in kinds]
    said = [f"{', '.join(changes) or 'Nothing new'}; {counted(len(outcome.state.open), 'alert')}"
            f" open. {counted(outcome.sent, 'message')} sent."]  # fmt: skip
    if outcome.repeated:
        said.append(
            f"{outcome.repeated} of them may have come before: an earlier run ended while sending."
        )
    if outcome.waiting:
        said.append(
            f"{counted(outcome.waiting, 'change')} over the limit of an hour: a later check tells."
        )
    return " ".join([*said, *outcome.notes])


def show_outcome(console: Console, outcome: Outcome) -> None:
    """The summary, and what could not be asked."""
    console.print(cell(summary(outcome)))
    by_table: dict[str, list[str]] = {}
    for rule, table in outcome.answered.unwatched.items():
        by_table.setdefault(table, []).append(rule)
    for table, rules in sorted(by_table.items()):
        console.print(f"[dim]Not watched: {cell(', '.join(rules))}; {cell(table)} is not there.[/]")
    for rule, reason in outcome.answered.failed.items():
        console.print(f"[red]{cell(rule)} could not be asked:[/] {cell(reason)}")


def show_open(console: Console, state: State, rules: Sequence[Rule], now: datetime) -> None:
    """Open alerts, the worst first."""
    alerts = state.by_severity()
    if not alerts:
        console.print("No alert is open.")
        return
    table = plain_table(f"Open alerts, {now:%Y-%m-%d %H:%M} UTC", "id", "severity", "alert", "what")
    table.add_column("since", no_wrap=True)
    table.add_column("stands", overflow="fold")
    units = {rule.name: rule.unit for rule in rules}
    for alert in alerts:
        style = _STYLES[alert.severity]
        newest = alert.newest
        figure = measured(newest.value or 0.0, units.get(alert.rule, ""))
        table.add_row(
            alert.alert_id,
            f"[{style}]{alert.severity}[/]",
            cell(alert.rule),
            cell(f"{alert.subject}: {figure}. {newest.detail}"),
            f"{alert.opened_at:%m-%d %H:%M}",
            cell(standing(alert)),
        )
    console.print(table)


def standing(alert: Alert) -> str:
    """Who answers for it, or that nobody does."""
    if answered := alert.acknowledged:
        return f"{answered.actor}: {answered.detail}"
    return "escalated" if alert.is_escalated else "open"
