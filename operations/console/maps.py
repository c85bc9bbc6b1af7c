"""Heat maps: sources down, time or regions across; what is not known stays empty."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from operations.console import palette, words

_ROW = 24
# What colours of the map of lags mean, in the order of their severity.
STATES = {
    "in time": palette.BLUE,
    "late": palette.ORANGE,
    "more than four times late": palette.VERMILION,
    "not known": palette.GREY,
}
_LAYERS = ("bronze", "silver", "gold")


def lag_map(frame: pd.DataFrame) -> go.Figure:
    """Source by layer and region: how the worst table stands against its service level."""
    worst = _worst_tables(frame)
    layers = [layer for layer in _LAYERS if layer in set(worst["layer"])]
    layers += sorted(set(worst["layer"]) - set(layers))
    places = [
        (layer, region)
        for layer in layers
        for region in sorted(worst.loc[worst["layer"] == layer, "region"].unique())
    ]
    sources = sorted(worst["source_name"].unique(), reverse=True)
    at = worst.set_index(["source_name", "layer", "region"])
    cells = [[at.loc[(s, *p)] if (s, *p) in at.index else None for p in places] for s in sources]
    figure = go.Figure(
        go.Heatmap(
            x=[[layer for layer, _ in places], [region for _, region in places]],
            y=[_bare(source) for source in sources],
            z=[[None if c is None else c["state"] for c in row] for row in cells],
            text=[
                ["" if c is None else words.brief(c["lag_seconds"]) for c in row] for row in cells
            ],
            customdata=[[_told(c) for c in row] for row in cells],
            texttemplate="%{text}",
            hovertemplate="%{y}, %{x}: %{customdata}<extra></extra>",
            colorscale=_steps(),
            zmin=-0.5,
            zmax=3.5,
            xgap=2,
            ygap=2,
            hoverongaps=False,
            showscale=False,
        )
    )
    figure.update_xaxes(dtick=1, tickangle=-90)
    return _laid_out(figure, len(sources))


def share_map(frame: pd.DataFrame, across: str, down: str, value: str, unit: str) -> go.Figure:
    """The least of a figure from 0 to 100 in each cell: a source is as good as its worst region."""
    least = frame.pivot_table(index=down, columns=across, values=value, aggfunc="min")
    least = least.sort_index(ascending=False)
    figure = go.Figure(
        go.Heatmap(
            x=list(least.columns),
            y=[_bare(source) for source in least.index],
            z=least.to_numpy(),
            hovertemplate="%{y}, %{x}: %{z:.1f} " + unit + "<extra></extra>",
            colorscale=palette.SCALE,
            zmin=0,
            zmax=100,
            xgap=1,
            ygap=2,
            hoverongaps=False,
            colorbar=_scale_below() | {"ticksuffix": f" {unit}" if unit == "%" else ""},
        )
    )
    return _laid_out(figure, len(least))


def _worst_tables(frame: pd.DataFrame) -> pd.DataFrame:
    """One row for each source, layer and region: the table that is furthest behind."""
    ratio = frame["lag_seconds"] / frame["slo_seconds"]
    state = pd.cut(ratio, [-float("inf"), 1, 4, float("inf")], labels=[0, 1, 2]).astype("float")
    rated = frame.assign(state=state.fillna(3), ratio=ratio.fillna(-1)).fillna({"region": "all"})
    # What waits and has never been read is worse than any lag that is known.
    waits = rated["lag_seconds"].isna() & (rated["waiting_count"].fillna(0) > 0)
    rated.loc[waits, ["state", "ratio"]] = [2, float("inf")]
    order = rated.sort_values("ratio", ascending=False)
    return order.drop_duplicates(["source_name", "layer", "region"])


def _told(cell: Any) -> str:
    """What a cell says when it is pointed at: the whole lag and of which table it is."""
    return "" if cell is None else f"{words.duration(cell.lag_seconds)}<br>{cell.relation_name}"


def _steps() -> list[list[object]]:
    """A scale of equal steps, one colour each."""
    colours = list(STATES.values())
    edges = [index / len(colours) for index in range(len(colours) + 1)]
    return [
        [edge, colour]
        for colour, low, high in zip(colours, edges, edges[1:], strict=False)
        for edge in (low, high)
    ]


def _bare(source: object) -> str:
    return str(source).rpartition(".")[2]


def _scale_below() -> dict[str, object]:
    return {
        "orientation": "h",
        "thickness": 10,
        "x": 0,
        "xanchor": "left",
        "len": 1.0,
        "y": 1.0,
        "yanchor": "bottom",
        "ticks": "",
        "outlinewidth": 0,
    }


def _laid_out(figure: go.Figure, rows: int) -> go.Figure:
    figure.update_layout(
        height=170 + _ROW * rows, margin={"l": 8, "r": 8, "t": 48, "b": 8}, dragmode=False
    )
    figure.update_xaxes(automargin=True, fixedrange=True)
    figure.update_yaxes(automargin=True, fixedrange=True, type="category", dtick=1)
    return figure
