"""The dashboard "Orders, live": what comes in, what of it is wrong, how far behind it is. Pure."""

from grafana_foundation_sdk.builders.dashboard import QueryVariable
from grafana_foundation_sdk.models import dashboard as model

from operations.dashboards.panels import (
    HOT_STORE,
    PROMETHEUS,
    Line,
    Panel,
    Shown,
    board,
    figure,
    filled,
    graph,
    ranking,
)

UID = "lakeledger-orders-live"
_CHOSEN = 'category=~"$category",city=~"$city"'
_MINUTES = "($__interval_ms / 60000)"
_PARTIAL = "The minute that is not over is shown with what it has."


def orders_live() -> model.Dashboard:
    """The dashboard, as Grafana's model of it."""
    says = "Orders as they come in. Figures to bill on are in the tables."
    made = board("Orders, live", UID, says, span="1h", refresh="10s")
    made.with_variable(_choice("category", "Category")).with_variable(_choice("city", "City"))
    return filled(made, (*_now(), *_orders(), *_wrong(), *_behind()))


def windows(field: str, span: str) -> str:
    """PromQL: a field of the chosen windows, summed over a span of whole minutes, by series.

    The newest value of a window is its greatest (decision 0032).
    """
    return f"sum_over_time(max_over_time(orders_window_{field}{{{_CHOSEN}}}[1m])[{span}:1m])"


def _choice(label: str, title: str) -> QueryVariable:
    return (
        QueryVariable(label)
        .label(title)
        .datasource(HOT_STORE)
        .query({"query": f"label_values(orders_window_orders, {label})", "refId": label})
        .refresh(model.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(model.VariableSort.ALPHABETICAL_ASC)
        .multi(True)
        .include_all(True)
        .all_value(".*")
        .current(model.VariableOption(selected=True, text="All", value="$__all"))
    )


def _now() -> list[Panel]:
    def shown(title: str, description: str, unit: str) -> Shown:
        return Shown(title=title, description=description, source=PROMETHEUS, unit=unit, width=6)

    return [
        figure(
            shown("Newest message", "How old it is. The service level is ten minutes.", "s"),
            Line("lakeledger_orders:silence:seconds", "age"),
            warn=120,
            fail=600,
        ),
        figure(
            shown("Backlog", "Messages in the topic that are not read yet.", "short"),
            Line("max(lakeledger_orders_backlog_messages)", "messages"),
            warn=10_000,
            fail=50_000,
        ),
        figure(
            shown("Dead letters", "Share of the messages of five minutes.", "percentunit"),
            Line("lakeledger_orders:invalid:share5m", "share"),
            warn=0.02,
            fail=0.05,
        ),
        figure(
            shown("Alerts", "That fire now.", "short"),
            Line('count(ALERTS{alertstate="firing"}) or vector(0)', "alerts"),
            warn=1,
            fail=2,
        ),
    ]


def _orders() -> list[Panel]:
    def shown(title: str, description: str, unit: str) -> Shown:
        return Shown(
            title=title, description=description, source=HOT_STORE, unit=unit, interval="1m"
        )

    orders, revenue = windows("orders", "$__interval"), windows("revenue", "$__interval")
    whole = windows("revenue", "$__range")
    return [
        graph(
            shown("Orders per minute", f"By the time of the order. {_PARTIAL}", "short"),
            [Line(f"sum({orders}) / {_MINUTES}", "orders")],
        ),
        graph(
            shown("Revenue per minute", f"By the time of the order. {_PARTIAL}", "short"),
            [Line(f"sum({revenue}) / {_MINUTES}", "revenue")],
        ),
        *(
            graph(
                shown(f"Average basket by {label}", "Revenue by number of orders.", "short"),
                [Line(f"sum by ({label}) ({revenue}) / sum by ({label}) ({orders})", legend)],
            )
            for label, legend in (("category", "{{category}}"), ("city", "{{city}}"))
        ),
        *(
            ranking(
                shown(f"Top {plural}", "Ten by revenue, over the range shown.", "short"),
                Line(f"topk(10, sum by ({label}) ({whole}))", legend),
            )
            for label, plural, legend in (
                ("city", "cities", "{{city}}"),
                ("category", "categories", "{{category}}"),
            )
        ),
    ]


def _wrong() -> list[Panel]:
    def shown(title: str, description: str) -> Shown:
        return Shown(title=title, description=description, source=PROMETHEUS, unit="short")

    def per_minute(name: str, by: str = "") -> str:
        return f"sum{by} (rate(lakeledger_orders_{name}_total[$__rate_interval])) * 60"

    return [
        graph(
            shown("Dead letters per minute", "Messages that are no valid orders, by reason."),
            [Line(per_minute("invalid", " by (reason)"), "{{reason}}")],
        ),
        graph(
            shown("Late, copies, outliers per minute", "Late ones are missing in the figures."),
            [
                Line(per_minute("late"), "late"),
                Line(per_minute("duplicates"), "copies"),
                Line(per_minute("outliers"), "outliers"),
            ],
        ),
    ]


def _behind() -> list[Panel]:
    def shown(title: str, description: str, unit: str) -> Shown:
        return Shown(title=title, description=description, source=PROMETHEUS, unit=unit)

    def latency(quantile: float, clock: str) -> str:
        buckets = f"rate(lakeledger_orders_{clock}_seconds_bucket[$__rate_interval])"
        return f"histogram_quantile({quantile}, sum by (le) ({buckets}))"

    return [
        graph(
            shown("Latency to the hot store", "Since the order, and since the broker.", "s"),
            [
                Line(latency(0.5, "latency"), "order, p50"),
                Line(latency(0.99, "latency"), "order, p99"),
                Line(latency(0.5, "broker_latency"), "broker, p50"),
                Line(latency(0.99, "broker_latency"), "broker, p99"),
            ],
        ),
        graph(
            shown("Backlog over time", "Messages in the topic that are not read yet.", "short"),
            [Line("max(lakeledger_orders_backlog_messages)", "messages")],
        ),
        graph(
            shown("Age of the newest message", "By the broker's clock.", "s"),
            [Line("lakeledger_orders:silence:seconds", "age")],
        ),
        graph(
            shown("Messages per second", "Read by the streams, valid or not.", "short"),
            [Line("sum(rate(lakeledger_orders_messages_total[$__rate_interval]))", "messages")],
        ),
    ]
