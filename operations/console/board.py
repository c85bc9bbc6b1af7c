"""What every page is built of: sections that never fail raw, tables, tiles, charts."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st
import structlog

from operations.console import words
from operations.console.frames import Answer
from operations.console.kinds import Column, Kind, Query

Ask = Callable[[Query], Answer]
_log = structlog.get_logger("console")
_CHART = {"displayModeBar": False, "responsive": True}


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure of a summary: what it is, its value in words, and what it means."""

    label: str
    value: str
    help: str


@contextmanager
def section(title: str, says: str = "") -> Iterator[None]:
    """A part of a page under its title; what fails in it is logged and said in a sentence."""
    if title:
        st.subheader(title, anchor=False)
    if says:
        st.caption(says)
    try:
        yield
    except Exception as error:
        _log.warning("a part of a page failed", part=title, error=repr(error))
        st.error(words.sentence_of(error))


def heading(title: str, says: str) -> None:
    """The top of a page: its name and the question that it answers."""
    st.title(title, anchor=False)
    st.caption(says)


def tiles(shown: Sequence[Tile]) -> None:
    """Figures side by side; they wrap where the window is narrow."""
    with st.container(horizontal=True, gap="small"):
        for tile in shown:
            st.metric(tile.label, tile.value, help=tile.help, border=True, width=165)


def table(query: Query, answer: Answer, empty: str, frame: pd.DataFrame | None = None) -> None:
    """The rows of an answer, or in words why there are none."""
    shown = answer.frame if frame is None else frame
    if shown.empty:
        nothing(answer, empty)
        return
    columns = [column for column in query.columns if column.name in shown]
    st.dataframe(
        pd.DataFrame({column.name: _values(shown[column.name], column.kind) for column in columns}),
        column_config={column.name: _config(column) for column in columns},
        hide_index=True,
        placeholder="",
        height="auto" if len(shown) <= 10 else 388,
        alt=f"{len(shown)} rows: " + ", ".join(column.label for column in columns),
    )
    notes(query, answer)


def nothing(answer: Answer, empty: str) -> None:
    """Why there is nothing to show: no table has been made yet, or it has no such row."""
    if answer.missing:
        begin = "Nothing to show." if answer.is_unbuilt else empty
        st.info(
            f"{begin} Not built yet, or not readable for you: {words.listed(answer.missing)}."
            " `lakeledger run` builds a domain once something of it has landed."
        )
    else:
        st.info(empty)


def notes(query: Query, answer: Answer) -> None:
    """What has to be known of the rows above: partial, cut, without some tables, and as of when."""
    said = [f"Read {words.moment(answer.read_at)} in {answer.seconds:.1f} s."]
    if answer.is_partial:
        said.insert(
            0, ":orange[Partial]: rows marked so lack hours or regions that have not arrived."
        )
    if answer.is_cut:
        said.append(f"The first {query.limit:,} rows; lakeledger sql has the rest.")
    if answer.missing:
        said.append(f"Without {words.listed(answer.missing)}, not built yet or not readable.")
    st.caption(" ".join(said))


def chart(figure: go.Figure, alt: str, says: str = "") -> None:
    """A chart over the whole width, in the page's theme; ``alt`` says it in words."""
    st.plotly_chart(figure, config=_CHART, alt=alt)
    if says:
        st.caption(says)


def legend(colours: Mapping[str, str]) -> None:
    """What colours of a chart mean, in a line that wraps."""
    marks = (
        f'<span style="color:{colour}" aria-hidden="true">&#9632;</span>&nbsp;{name}'
        for name, colour in colours.items()
    )
    st.html(f"<small>{' &ensp; '.join(marks)}</small>")


def _values(values: pd.Series, kind: Kind) -> Any:
    if kind is Kind.SECONDS:
        return values.map(lambda value: words.duration(None if pd.isna(value) else float(value)))
    if kind in (Kind.NUMBER, Kind.MONEY):
        return values.astype("float64").round(2)
    return values


def _config(column: Column) -> Any:
    make = st.column_config
    label = column.label
    match column.kind:
        case Kind.COUNT:
            return make.NumberColumn(label, format="localized")
        case Kind.NUMBER:
            return make.NumberColumn(label, format="%.2f")
        case Kind.MONEY:
            return make.NumberColumn(label, format="accounting")
        case Kind.PERCENT:
            return make.NumberColumn(label, format="%.1f")
        case Kind.SHARE:
            return make.NumberColumn(label, format="percent")
        case Kind.TIME:
            said = f"{label} (UTC)"
            return make.DatetimeColumn(said, format="YYYY-MM-DD HH:mm", timezone="UTC")
        case Kind.DAY:
            return make.DateColumn(label, format="YYYY-MM-DD")
        case Kind.FLAG:
            return make.CheckboxColumn(label)
        case Kind.SECONDS:
            return make.TextColumn(label, alignment="right")
        case _:
            return make.TextColumn(label)
