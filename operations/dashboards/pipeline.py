"""The dashboard "Pipeline": what waits, how late the layers are, what fails. Pure."""

from grafana_foundation_sdk.models import dashboard as model

from operations.dashboards.panels import (
    PROMETHEUS,
    Line,
    Panel,
    Shown,
    board,
    figure,
    filled,
    graph,
)

UID = "lakeledger-pipeline"


def pipeline() -> model.Dashboard:
    """The dashboard, as Grafana's model of it."""
    says = "From landing to gold. What the exporter has read, and when, it says itself."
    made = board("Pipeline", UID, says, span="6h", refresh="1m")
    return filled(made, (*_now(), *_taken(), *_layers(), *_rest()))


def _shown(title: str, description: str, unit: str = "short", width: int = 12) -> Shown:
    return Shown(title=title, description=description, source=PROMETHEUS, unit=unit, width=width)


def _now() -> list[Panel]:
    return [
        figure(
            _shown("Oldest file that waits", "Landed, and not in bronze.", "s", 6),
            Line("max(lakeledger:landing:lag_seconds:max)", "age"),
            warn=300,
            fail=3600,
        ),
        figure(
            _shown("Sources held off", "By their circuit breakers.", width=6),
            Line('sum(lakeledger_breaker_state{state="open"})', "sources"),
            warn=1,
            fail=3,
        ),
        figure(
            _shown("Parts not read", "Of the figures on this page.", width=6),
            Line("count(lakeledger_collector_success == 0) or vector(0)", "parts"),
            warn=1,
            fail=2,
        ),
        figure(
            _shown("Alerts", "That fire now.", width=6),
            Line('count(ALERTS{alertstate="firing"}) or vector(0)', "alerts"),
            warn=1,
            fail=2,
        ),
    ]


def _taken() -> list[Panel]:
    return [
        graph(
            _shown("Files outstanding", "Landed, and not in bronze, by source and region."),
            [Line("lakeledger_files_outstanding > 0", "{{source}} {{region}}")],
        ),
        graph(
            _shown("Bytes outstanding", "The same by size, by source.", "bytes"),
            [Line("lakeledger:landing:outstanding_bytes:sum > 0", "{{source}}")],
        ),
        graph(
            _shown("Duration of a run", "Of ingestion, the newest of each source.", "s"),
            [Line("lakeledger_ingest_batch_seconds", "{{source}}")],
        ),
        graph(
            _shown("Failed runs", "Share of the runs of a day, by source.", "percentunit"),
            [Line("lakeledger_ingest_failure_ratio", "{{source}}")],
        ),
        graph(
            _shown("Age of checkpoints", "Since the newest batch ended.", "s"),
            [Line("lakeledger:checkpoint:age_seconds", "{{source}}")],
        ),
        graph(
            _shown("Rows taken", "By the runs of a day, by source."),
            [Line("lakeledger_ingest_rows", "{{source}}")],
        ),
    ]


def _layers() -> list[Panel]:
    return [
        graph(
            _shown("Lag by layer", "Longest way of a newest file from landing.", "s"),
            [
                Line("max by (layer) (lakeledger_freshness_lag_seconds)", "{{layer}}"),
                Line("lakeledger_freshness_slo_seconds", "{{layer}}, service level"),
            ],
        ),
        graph(
            _shown("In time", "Share of a day's files, the worst source.", "percentunit"),
            [Line("min by (layer) (lakeledger_freshness_within_slo_ratio)", "{{layer}}")],
        ),
        graph(
            _shown("Rejected rows", "Share of the newest day, by source.", "percentunit"),
            [Line("lakeledger_quarantine_ratio", "{{source}}")],
        ),
        graph(
            _shown("Files a layer has not read", "By source and layer."),
            [
                Line(
                    "sum by (source, layer) (lakeledger_freshness_waiting_files) > 0",
                    "{{source}} {{layer}}",
                )
            ],
        ),
    ]


def _rest() -> list[Panel]:
    return [
        graph(
            _shown("Duration of commands", "The newest run of each command of dbt.", "s"),
            [Line('lakeledger_command_seconds{command=~"dbt .*"}', "{{command}}")],
        ),
        graph(
            _shown("Failed commands and conflicts", "Of a day."),
            [
                Line('sum by (command) (lakeledger_command_runs{status="failed"})', "{{command}}"),
                Line("sum(lakeledger_delta_write_conflicts)", "write conflicts"),
            ],
        ),
        graph(
            _shown("Close", "Months that are over and not closed, and what blocks them."),
            [
                Line("lakeledger_close_unclosed_periods", "months"),
                Line("lakeledger_close_blocking_breaks", "breaks"),
            ],
        ),
        graph(
            _shown("Deletion", "Requests that are open, and beyond their seven days."),
            [
                Line("lakeledger_deletion_requests_open", "open"),
                Line("lakeledger_deletion_requests_overdue", "overdue"),
            ],
        ),
    ]
