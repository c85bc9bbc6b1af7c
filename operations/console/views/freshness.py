"""Freshness: how long files took to each layer, against the service level."""

from operations.console import queries
from operations.console.board import (
    Ask,
    chart,
    heading,
    legend,
    notes,
    nothing,
    section,
    table,
)
from operations.console.figures import lines
from operations.console.maps import STATES, lag_map

_EMPTY = "No file has landed, so nothing has a lag."
# What the page asks for, in its order.
ASKS = (
    queries.FRESHNESS,
    queries.LAG_BY_HOUR,
)


def show(ask: Ask) -> None:
    """The heat map, the last seven days, every table."""
    heading("Freshness", "How long did the newest files take from landing to each layer?")
    with section("Source by layer and region", "The table furthest behind counts."):
        answer = ask(queries.FRESHNESS)
        if answer.frame.empty:
            nothing(answer, _EMPTY)
        else:
            legend(STATES)
            chart(
                lag_map(answer.frame),
                "Heat map of lags, sources down, layers and regions across; the table below has "
                "the figures.",
                "Cells say the lag of the newest file; late is beyond the layer's service level.",
            )
            notes(queries.FRESHNESS, answer)
    with section(
        "The last seven days", "95th percentile of the worst table, by hour of landing (UTC)."
    ):
        answer = ask(queries.LAG_BY_HOUR)
        known = answer.frame.dropna(subset=["worst_p95_lag_seconds"])
        if known.empty:
            nothing(answer, _EMPTY)
        else:
            chart(
                lines(known, "landed_hour_at", "worst_p95_lag_seconds", "layer", "seconds"),
                "Lag in seconds by hour of landing, a line for each layer.",
            )
            notes(queries.LAG_BY_HOUR, answer)
    with section("Every table", "What misses its service level stands first."):
        table(queries.FRESHNESS, ask(queries.FRESHNESS), _EMPTY)
