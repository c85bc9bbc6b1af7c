"""The pages side by side, over a way to ask and a desk that decides."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from operations.console.board import Ask, section
from operations.console.desk import Desk
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


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page: its part of the address, its title, and what shows it."""

    path: str
    title: str
    show: Show


def sheets(
    ask: Ask, desk: Desk, who: str = "", forget_answers: Show = lambda: None
) -> dict[str, list[Sheet]]:
    """Every page, by the group that it stands in."""
    of_quarantine = partial(quarantine.show, ask, desk, who, forget_answers)
    return {
        "Watch": [
            Sheet("health", "Health", partial(health.show, ask)),
            Sheet("alerts", "Alerts", partial(alerts.show, ask)),
            Sheet("freshness", "Freshness", partial(freshness.show, ask)),
            Sheet("completeness", "Completeness and close", partial(completeness.show, ask)),
            Sheet("quality", "Quality and drift", partial(quality.show, ask)),
            Sheet("anomalies", "Anomalies", partial(anomalies.show, ask)),
        ],
        "Decide": [Sheet("quarantine", "Quarantine", of_quarantine)],
        "Account": [
            Sheet("spend", "Spend", partial(spend.show, ask)),
            Sheet("runs", "Job runs", partial(runs.show, ask)),
        ],
        "Customers": [
            Sheet("fraud", "Fraud", partial(fraud.show, ask)),
            Sheet("models", "Model health", partial(models.show, ask)),
        ],
        "Platform": [Sheet("log", "Platform log", partial(log.show, ask))],
    }


def run(groups: dict[str, list[Sheet]], refresh: Show) -> None:
    """Shows the page that the address names; a page that fails says a sentence."""
    st.set_page_config(page_title="lakeledger", layout="wide")
    st.html(_STYLE)
    chosen = st.navigation(
        {group: [_page(sheet) for sheet in members] for group, members in groups.items()},
        expanded=True,
    )
    with st.sidebar:
        if st.button("Read again", width="stretch"):
            refresh()
        st.caption("Times are UTC. Answers are up to a minute old.")
    with section(""):
        chosen.run()


def _page(sheet: Sheet) -> st.Page:
    return st.Page(
        sheet.show, title=sheet.title, url_path=sheet.path, default=sheet.path == "health"
    )
