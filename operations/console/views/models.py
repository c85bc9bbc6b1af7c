"""Model health: models in use beside the rules that they have to beat."""

from operations.console import account_queries
from operations.console.board import Ask, chart, heading, section, table
from operations.console.figures import against_baseline

# What the page asks for, in its order.
ASKS = (account_queries.MODEL_HEALTH,)


def show(ask: Ask) -> None:
    """The comparison, then each verdict with its reason."""
    heading("Model health", "Are the models in use better than the rules they replace?")
    with section("", "Each by its own measure, 0 to 1; the bar is its interval of 95 %."):
        answer = ask(account_queries.MODEL_HEALTH)
        known = answer.frame.dropna(subset=["metric_value"])
        if not known.empty:
            chart(
                against_baseline(known), "Measure of each model with its interval, and its rule's."
            )
        table(account_queries.MODEL_HEALTH, answer, "No model is in use: lakeledger models train.")
