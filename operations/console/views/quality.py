"""Quality and drift: how good tables and deliveries are, and what came other than declared."""

from operations.console import queries
from operations.console.board import Ask, chart, heading, notes, nothing, section, table
from operations.console.maps import share_map

# What the page asks for, in its order.
ASKS = (
    queries.QUALITY_BY_LAYER,
    queries.QUALITY_BY_SOURCE,
    queries.DRIFT,
)


def show(ask: Ask) -> None:
    """Layers, then sources by day, then fields."""
    heading(
        "Quality and drift", "How good are the tables, and what has changed in what is delivered?"
    )
    with section("Layers", "Scores of 0 to 100, as of the last `lakeledger profile`."):
        table(
            queries.QUALITY_BY_LAYER,
            ask(queries.QUALITY_BY_LAYER),
            "No table has been measured: lakeledger profile.",
        )
    with section("Sources by day of landing", "Score of 0 to 100, the lowest layer of each day."):
        answer = ask(queries.QUALITY_BY_SOURCE)
        known = answer.frame.dropna(subset=["score"])
        if known.empty:
            nothing(answer, "Nothing has landed, so nothing has a score.")
        else:
            days = known.assign(day=[f"{day:%d %b}" for day in known["landed_date"]])
            chart(
                share_map(days, "day", "source_name", "score", "of 100"),
                "Heat map of quality scores, sources down, days of landing across.",
            )
            notes(queries.QUALITY_BY_SOURCE, answer)
    with section("Drift", "Fields and values other than declared, in the last 14 days of drift."):
        table(queries.DRIFT, ask(queries.DRIFT), "Everything came as it was declared.")
