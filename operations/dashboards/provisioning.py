"""The files that Grafana reads at its start: where it asks, and what it shows. Pure."""

import json
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models.dashboard import DataSourceRef

from operations.dashboards.orders_live import orders_live
from operations.dashboards.panels import HOT_STORE, PROMETHEUS
from operations.dashboards.pipeline import pipeline

_NAME = "lakeledger"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Addresses (http://host:port) as Grafana reaches them, and how often Prometheus asks."""

    hot_store: str
    prometheus: str
    scrape_seconds: float


def provisioning(sources: Sources, dashboards: PurePosixPath) -> dict[str, str]:
    """The files by their path below the folder of output.

    ``dashboards``: where Grafana will find the folder of that name.
    """
    return {
        f"provisioning/datasources/{_NAME}.yaml": _yaml(_datasources(sources)),
        f"provisioning/dashboards/{_NAME}.yaml": _yaml(_providers(dashboards)),
        "dashboards/orders-live.json": _json(orders_live()),
        "dashboards/pipeline.json": _json(pipeline()),
    }


def _datasources(sources: Sources) -> dict[str, Any]:
    return {
        "apiVersion": 1,
        "datasources": [
            _datasource("Hot store", HOT_STORE, sources.hot_store, 60),
            _datasource("Prometheus", PROMETHEUS, sources.prometheus, sources.scrape_seconds),
        ],
    }


def _datasource(name: str, ref: DataSourceRef, url: str, step_seconds: float) -> dict[str, Any]:
    return {
        "name": f"Lakeledger {name}",
        "uid": ref.uid,
        "type": ref.type_val,
        "access": "proxy",
        "url": url,
        "jsonData": {"httpMethod": "POST", "timeInterval": f"{max(1, round(step_seconds))}s"},
    }


def _providers(dashboards: PurePosixPath) -> dict[str, Any]:
    provider = {
        "name": _NAME,
        "folder": "Lakeledger",
        "type": "file",
        "allowUiUpdates": False,
        "options": {"path": str(dashboards)},
    }
    return {"apiVersion": 1, "providers": [provider]}


def _json(dashboard: model.Dashboard) -> str:
    return json.dumps(dashboard, cls=JSONEncoder, indent=2) + "\n"


def _yaml(content: dict[str, Any]) -> str:
    return yaml.safe_dump(content, sort_keys=False)
