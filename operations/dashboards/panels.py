"""Panels and queries in the way of this project's dashboards. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grafana_foundation_sdk.builders import bargauge, common, stat, timeseries
from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.builders import prometheus as query
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models.common import BigValueGraphMode, VizOrientation
from grafana_foundation_sdk.models.dashboard import (
    DataSourceRef,
    FieldColorModeId,
    Threshold,
    ThresholdsMode,
)

HOT_STORE = DataSourceRef(type_val="prometheus", uid="lakeledger-hot-store")
PROMETHEUS = DataSourceRef(type_val="prometheus", uid="lakeledger-prometheus")

Panel = timeseries.Panel | stat.Panel | bargauge.Panel


@dataclass(frozen=True, slots=True)
class Line:
    """A query and what its series are called; ``{{label}}`` stands for a label's value."""

    expression: str
    legend: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a panel shows: where it is asked, how it is called and measured."""

    title: str
    description: str
    source: DataSourceRef
    unit: str
    width: int = 12
    # The shortest step, where the data have no finer one.
    interval: str | None = None


def board(title: str, uid: str, says: str, *, span: str, refresh: str) -> build.Dashboard:
    """A dashboard without panels, over the last ``span`` (`6h`)."""
    return (
        build.Dashboard(title)
        .uid(uid)
        .description(says)
        .tags(["lakeledger", uid.split("-")[1]])
        .time(f"now-{span}", "now")
        .refresh(refresh)
        .timezone("utc")
        .readonly()
    )


def filled(made: build.Dashboard, panels: Iterable[Panel]) -> model.Dashboard:
    """The dashboard with these panels, as Grafana's model of it."""
    for number, panel in enumerate(panels, start=1):
        made.with_panel(panel.id(number))
    return made.build()


def graph(shown: Shown, lines: Sequence[Line]) -> timeseries.Panel:
    """Lines over time."""
    panel = (
        timeseries.Panel()
        .title(shown.title)
        .description(shown.description)
        .datasource(shown.source)
        .unit(shown.unit)
        .span(shown.width)
        .height(8)
        .min(0)
        .fill_opacity(10)
        .targets([_target(line, shown, number) for number, line in enumerate(lines)])
    )
    return panel.interval(shown.interval) if shown.interval else panel


def figure(shown: Shown, line: Line, *, warn: float, fail: float) -> stat.Panel:
    """The newest value, green below ``warn``, red from ``fail`` on."""
    steps = [
        Threshold(value=None, color="green"),
        Threshold(value=warn, color="orange"),
        Threshold(value=fail, color="red"),
    ]
    return (
        stat.Panel()
        .title(shown.title)
        .description(shown.description)
        .datasource(shown.source)
        .unit(shown.unit)
        .span(shown.width)
        .height(4)
        .graph_mode(BigValueGraphMode.NONE)
        .reduce_options(_newest())
        .thresholds(build.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(steps))
        .targets([_target(line, shown, 0).instant()])
    )


def ranking(shown: Shown, line: Line) -> bargauge.Panel:
    """One bar for each series, over the whole range of the dashboard."""
    return (
        bargauge.Panel()
        .title(shown.title)
        .description(shown.description)
        .datasource(shown.source)
        .unit(shown.unit)
        .span(shown.width)
        .height(8)
        .min(0)
        .orientation(VizOrientation.HORIZONTAL)
        .color_scheme(build.FieldColor().mode(FieldColorModeId.CONTINUOUS_BL_PU))
        .reduce_options(_newest())
        .targets([_target(line, shown, 0).instant()])
    )


def _newest() -> common.ReduceDataOptions:
    return common.ReduceDataOptions().calcs(["lastNotNull"]).values(False)


def _target(line: Line, shown: Shown, number: int) -> query.Dataquery:
    return (
        query.Dataquery()
        .expr(line.expression)
        .legend_format(line.legend)
        .ref_id(chr(ord("A") + number))
        .datasource(shown.source)
        .range()
    )
