"""The pages side by side, over a way to ask and a desk that decides."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import streamlit as st

from operations.console.board import Ask, section
from operations.console.desk import Desk
from operations.console.kinds import Query
from operations.console.views import (
    alerts,
    anomalies,
    completeness,
    fraud,
    freshness,
    health,
    log,
    models,
    quality,
    quarantine,
    runs,
    spend,
)

Show = Callable[[], None]
Told = Callable[[Sequence[Query]], None]
# Streamlit's own font has figures of unequal width in text: columns of them would not stand below
# each other. On a narrow window a title has to fit, and a wide table scrolls by itself.
_STYLE = """<style>
html, body, [data-testid="stMetricValue"] { font-variant-numeric: tabular-nums; }
[data-testid="stMetricValue"] { font-size: 1.5rem; }
.stMainBlockContainer { padding-top: 3.5rem; padding-bottom: 3rem; }
@media (max-width: 640px) {
  .stMainBlockContainer { padding-left: 1rem; padding-right: 1rem; }
  h1 { font-size: 1.75rem !important; }
  [data-testid="stMetricValue"] { font-size: 1.25rem; }
  [data-testid="stMetric"] { padding: 0.6rem 0.75rem; }
}
</style>"""


class View(Protocol):
    """A module of `views`: what it asks for, in its order, and its page over a way to ask."""

    @property
    def ASKS(self) -> Sequence[Query]: ...  # noqa: D102

    @property
    def show(self) -> Callable[[Ask], None]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page: its part of the address, its title, what it asks for, and what shows it."""

    path: str
    title: str
    asks: Sequence[Query]
    show: Show


def sheets(
    ask: Ask, desk: Desk, who: str = "", forget_answers: Show = lambda: None
) -> dict[str, list[Sheet]]:
    """Every page, by the group that it stands in."""

    def page(path: str, title: str, view: View) -> Sheet:
        return Sheet(path, title, view.ASKS, partial(view.show, ask))

    of_quarantine = partial(quarantine.show, ask, desk, who, forget_answers)
    return {
        "Watch": [
            page("health", "Health", health),
            page("alerts", "Alerts", alerts),
            page("freshness", "Freshness", freshness),
            Sheet(
                "completeness",
                "Completeness and close",
                completeness.ASKS,
                partial(completeness.show, ask),
            ),
            page("quality", "Quality and drift", quality),
            page("anomalies", "Anomalies", anomalies),
        ],
        "Decide": [Sheet("quarantine", "Quarantine", quarantine.ASKS, of_quarantine)],
        "Account": [
            page("spend", "Spend", spend),
            page("runs", "Job runs", runs),
        ],
        "Customers": [
            page("fraud", "Fraud", fraud),
            page("models", "Model health", models),
        ],
        "Platform": [page("log", "Platform log", log)],
    }


def run(groups: dict[str, list[Sheet]], refresh: Show, ahead: Told, in_advance: Told) -> None:
    """Shows the page that the address names; a page that fails says a sentence.

    ``ahead`` is told what the page asks for, before it does; ``in_advance``, once it is shown,
    what any page does.
    """
    st.set_page_config(page_title="lakeledger", layout="wide")
    st.html(_STYLE)
    chosen = st.navigation(
        {group: [_page(sheet, ahead) for sheet in members] for group, members in groups.items()},
        expanded=True,
    )
    with st.sidebar:
        if st.button("Read again", width="stretch"):
            refresh()
        st.caption("Times are UTC. Below each answer stands when it was read.")
    with section(""):
        chosen.run()
    in_advance([query for members in groups.values() for sheet in members for query in sheet.asks])


def _page(sheet: Sheet, ahead: Told) -> st.Page:
    def show() -> None:
        ahead(sheet.asks)
        sheet.show()

    return st.Page(show, title=sheet.title, url_path=sheet.path, default=sheet.path == "health")
