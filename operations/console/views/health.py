"""Health: what somebody has to look at now, and how the last days went."""

import streamlit as st

from operations.console import queries, words
from operations.console.board import Ask, Tile, heading, section, table, tiles
from operations.console.frames import Answer

# What the page asks for, in its order.
ASKS = (
    queries.CRITICAL_ALERTS,
    queries.DAILY_SUMMARY,
    queries.PIPELINE_STATUS,
    queries.FRESHNESS,
    queries.QUARANTINE,
    queries.PERIOD_STATES,
)


def show(ask: Ask) -> None:
    """Tiles above, filled last: they also ask what other pages show. Then the worst first."""
    heading("Health", "Is anything on fire, and did the last days go well?")
    above = st.container()
    with section("To be looked at", "High and critical, over every domain."):
        table(
            queries.CRITICAL_ALERTS,
            ask(queries.CRITICAL_ALERTS),
            "Nothing high or critical is open.",
        )
    with section("The last days", "By the log of the platform, a row for each day (UTC)."):
        table(
            queries.DAILY_SUMMARY,
            ask(queries.DAILY_SUMMARY),
            "Nothing has run in the last seven days.",
        )
    with section("Steps of the pipeline", "As each was last heard of in seven days."):
        table(
            queries.PIPELINE_STATUS,
            ask(queries.PIPELINE_STATUS),
            "No step has run in the last seven days.",
        )
    with above, section(""):
        tiles(summary(ask))


def summary(ask: Ask) -> list[Tile]:
    """The state in six figures; what is not known is `n/a`."""
    alerts, steps = ask(queries.CRITICAL_ALERTS), ask(queries.PIPELINE_STATUS)
    fresh, open_rows = ask(queries.FRESHNESS), ask(queries.QUARANTINE)
    states = ask(queries.PERIOD_STATES)
    severities = alerts.frame["severity"].value_counts()
    failing = steps.frame["status"].isin(["failed", "held off"]).sum()
    blocked = (states.frame["open_break_count"].fillna(0) > 0).sum()
    return [
        Tile("Critical", f"{severities.get('CRITICAL', 0)}", "Open findings that are critical."),
        Tile("High", f"{severities.get('HIGH', 0)}", "Open findings of high severity."),
        Tile("Failing steps", _of(failing, len(steps.frame)), "Steps whose last run failed."),
        Tile("Tables in time", _in_time(fresh), "Newest files reached the table in its time."),
        Tile("Rejected rows", _open(open_rows), "In the quarantine, not decided on."),
        Tile("Months blocked", _of(blocked, len(states.frame)), "Months with open breaks."),
    ]


def _in_time(fresh: Answer) -> str:
    rated = fresh.frame["is_within_slo"].dropna()
    return _of(int(rated.astype(bool).sum()), len(rated))


def _open(open_rows: Answer) -> str:
    return words.UNKNOWN if open_rows.missing else f"{open_rows.frame['row_count'].sum():,.0f}"


def _of(part: int, whole: int) -> str:
    return f"{part:,} of {whole:,}" if whole else words.UNKNOWN
