"""Charts: frames of pandas to figures of plotly, and nothing else.

Titles stand above a chart, on the page; what a colour means is said below it. The page's theme
gives ground and type.
"""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from operations.console import palette

_ROW = 26
# As many days as have room for their names.
_TICKS = 8


def bars_and_mean(frame: pd.DataFrame, day: str, value: str, mean: str, unit: str) -> go.Figure:
    """Bars of each day with the line of the mean of the days up to it."""
    figure = go.Figure()
    figure.add_bar(x=frame[day], y=frame[value], name="Day", marker_color=palette.SKY)
    figure.add_scatter(
        x=frame[day],
        y=frame[mean],
        name="Mean, 7 days",
        mode="lines+markers",
        line={"color": palette.VERMILION, "width": 2},
    )
    figure.update_yaxes(title=unit, rangemode="tozero")
    return _laid_out(_by_day(figure), height=320)


def ranked(frame: pd.DataFrame, label: str, value: str, unit: str, most: int = 12) -> go.Figure:
    """Horizontal bars, the longest first; rows of one label are added."""
    summed = frame.groupby(label, as_index=False)[value].sum()
    top = summed.nlargest(most, value).iloc[::-1]
    figure = go.Figure()
    figure.add_bar(
        x=top[value],
        y=[_short(text) for text in top[label]],
        orientation="h",
        marker_color=palette.BLUE,
        customdata=top[label],
        hovertemplate="%{customdata}: %{x:,.2f} " + unit + "<extra></extra>",
    )
    figure.update_layout(bargap=0.3)
    figure.update_xaxes(title=unit, rangemode="tozero", nticks=5)
    figure.update_yaxes(type="category")
    return _laid_out(figure, height=90 + _ROW * len(top))


def stacked(frame: pd.DataFrame, day: str, parts: Mapping[str, tuple[str, str]]) -> go.Figure:
    """Stacked bars of each day; ``parts``: column to name and colour."""
    figure = go.Figure()
    for column, (name, colour) in parts.items():
        if frame[column].fillna(0).any():
            figure.add_bar(x=frame[day], y=frame[column], name=name, marker_color=colour)
    figure.update_layout(barmode="stack")
    figure.update_yaxes(rangemode="tozero")
    return _laid_out(_by_day(figure), height=320)


def lines(frame: pd.DataFrame, at: str, value: str, by: str, unit: str) -> go.Figure:
    """A line for each value of ``by``, over time, in a scale of powers."""
    figure = go.Figure()
    for colour, (name, part) in zip(palette.IN_ORDER * 9, frame.groupby(by), strict=False):
        figure.add_scatter(
            x=part[at],
            y=part[value],
            name=str(name),
            mode="lines+markers",
            line={"color": colour, "width": 2},
            marker={"size": 5},
        )
    figure.update_yaxes(title=unit, type="log")
    # A single moment would have an axis of milliseconds.
    hour, moments = pd.Timedelta(hours=1), pd.to_datetime(frame[at])
    figure.update_xaxes(range=[moments.min() - hour, moments.max() + hour])
    return _laid_out(figure, height=320)


def by_severity(frame: pd.DataFrame, day: str, value: str, label: str, unit: str) -> go.Figure:
    """A point for each row; colour and shape say its severity."""
    figure = go.Figure()
    for severity, (colour, symbol) in palette.SEVERITIES.items():
        part = frame[frame["severity"] == severity]
        if len(part):
            figure.add_scatter(
                x=part[day],
                y=part[value],
                name=severity,
                mode="markers",
                text=part[label],
                marker={"color": colour, "symbol": symbol, "size": 11},
                hovertemplate="%{text}: %{y:.1f}<extra></extra>",
            )
    figure.add_hline(y=0, line_width=1, line_color=palette.GREY)
    figure.update_yaxes(title=unit)
    return _laid_out(_by_day(figure), height=300)


def against_baseline(frame: pd.DataFrame) -> go.Figure:
    """Each model's measure with its interval, beside the rule that it has to beat (0 to 1)."""
    names = (frame["model"] + " " + frame["shop"].fillna("")).str.strip()
    figure = go.Figure()
    figure.add_scatter(
        x=frame["metric_value"],
        y=names,
        name="Model",
        mode="markers",
        marker={"color": palette.BLUE, "size": 12},
        error_x={
            "type": "data",
            "symmetric": False,
            "color": palette.BLUE,
            "array": frame["metric_high"] - frame["metric_value"],
            "arrayminus": frame["metric_value"] - frame["metric_low"],
        },
    )
    figure.add_scatter(
        x=frame["baseline_value"],
        y=names,
        name="Rule to beat",
        mode="markers",
        marker={"color": palette.ORANGE, "size": 12, "symbol": "diamond"},
    )
    figure.update_yaxes(type="category")
    return _laid_out(figure, height=120 + 2 * _ROW * len(frame))


def _by_day(figure: go.Figure) -> go.Figure:
    """Days stand on the axis as days, each once, also where there is one only."""
    figure.update_xaxes(tickformat="%d %b", nticks=_TICKS)
    days = sorted({day for trace in figure.data for day in trace.x if not pd.isna(day)})
    # Few of them are told one by one: else hours between them would be labelled as days, too.
    if len(days) <= _TICKS:
        figure.update_xaxes(tickmode="array", tickvals=days)
    return figure


def _short(text: object, most: int = 22) -> str:
    said = str(text)
    return said if len(said) <= most else said[: most - 1] + "…"


def _laid_out(figure: go.Figure, height: int) -> go.Figure:
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 36, "b": 8},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0},
        dragmode=False,
        showlegend=len(figure.data) > 1,
    )
    figure.update_xaxes(automargin=True, fixedrange=True)
    figure.update_yaxes(automargin=True, fixedrange=True)
    return figure
