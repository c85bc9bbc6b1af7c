"""Whether anything may be built: not on tables that are too poor, until a person answers."""

from collections.abc import Sequence
from datetime import datetime

from databricks.sql.exc import Error

from operations.alerting import store
from operations.alerting.errors import PipelineStopped
from operations.alerting.fold import State, fold
from operations.alerting.model import Severity, alert_id_of
from operations.alerting.questions import Answered, ask
from operations.alerting.rules import RUNBOOK, Rule, load_rules
from operations.queries import Cursor
from operations.refusals import missing_table
from operations.wording import measured


def check_gate(cursor: Cursor, now: datetime) -> None:
    """Asks the rules that stop the pipeline, now: it does not wait for the next check.

    Raises:
        PipelineStopped: naming what is too poor and is not answered for.
    """
    rules = [rule for rule in load_rules() if rule.stops_pipeline]
    answered = ask(cursor, rules, now)
    if stopping := stops(rules, answered, _state(cursor) if answered.findings else State()):
        raise PipelineStopped(
            f"Nothing is built: {'; '.join(stopping)}. Mend it and measure again, or answer for it:"
            f" lakeledger alerts check, lakeledger alerts ack. {RUNBOOK}#{rules[0].name} says how."
        )


def stops(rules: Sequence[Rule], answered: Answered, state: State) -> list[str]:
    """What is critical and nobody has acknowledged, a part of a sentence each."""
    found = []
    for rule in rules:
        for finding in answered.findings.get(rule.name, ()):
            alert = state.open.get(alert_id_of(rule.name, finding.subject))
            if rule.severity_of(finding.value) is Severity.CRITICAL and (
                alert is None or alert.severity is not Severity.CRITICAL or not alert.acknowledged
            ):
                figure = measured(finding.value, rule.unit)
                found.append(f"{rule.name} of {finding.subject} is {figure}")
    return found


def _state(cursor: Cursor) -> State:
    try:
        return fold(store.read(cursor))
    except Error as error:
        if missing_table(error):
            return State()
        raise
