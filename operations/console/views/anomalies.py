"""Anomalies: days unlike what was expected."""

from operations.console import queries
from operations.console.board import Ask, chart, heading, section, table
from operations.console.figures import by_severity

# What the page asks for, in its order.
ASKS = (queries.ANOMALIES,)


def show(ask: Ask) -> None:
    """How far off, then each with its explanation."""
    heading(
        "Anomalies", "Which of the newest seven days of each kind were far from what was expected?"
    )
    with section(""):
        answer = ask(queries.ANOMALIES)
        known = answer.frame.dropna(subset=["z_score"])
        if not known.empty:
            shown = known.assign(label=known["series"] + " " + known["metric"])
            chart(
                by_severity(shown, "day", "z_score", "label", "spreads off"),
                "Spreads off what was expected, by day and severity.",
                "Above zero more than expected, below zero less.",
            )
        table(queries.ANOMALIES, answer, "No day was far from what was expected.")
