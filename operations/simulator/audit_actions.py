"""What is audited: actions with their weights, request parameters and results.

Every value of `requestParams` is a string, numbers and nested JSON too, as in delivered logs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeVar

from operations.simulator.world import JobRun, Workspace

T = TypeVar("T")
Draw = Callable[[], float]
Actor = Literal["person", "principal", "system"]

MAX_LOG_MESSAGE_LENGTH = 16_384
_STATEMENTS = (
    "SELECT * FROM main.sales.orders WHERE order_date >= current_date() - 7",
    "SELECT count(*)\nFROM main.web.events\nWHERE country = 'España'",
    "MERGE INTO main.core.customers AS t USING updates AS s ON t.id = s.id WHEN MATCHED THEN …",
    'SELECT "quoted name", price * 1.19 AS gross FROM main.shop.items',
    "OPTIMIZE main.web.events",
)
_CODE = (
    "display(spark.table('main.sales.orders').limit(10))",
    "df = spark.read.json(path)\ndf.count()",
    "%sql\nSHOW TABLES IN main.core",
    "model.fit(features, labels)  # naïve baseline",
)
_TABLES = ("main.sales.orders", "main.web.events", "main.core.customers", "main.shop.items")


class Scene(NamedTuple):
    """Where an event happens: the workspace, its runs of the hour, and a source of chance."""

    workspace: Workspace
    runs: Sequence[JobRun]
    draw: Draw


Parameters = Callable[[Scene], dict[str, str]]


@dataclass(frozen=True, slots=True)
class Action:
    """An audited action."""

    service: str
    name: str
    weight: float
    parameters: Parameters
    actor: Actor = "person"
    result: str | None = None
    account_level: bool = False


def pick(values: Sequence[T], draw: Draw) -> T:
    """A member by chance; quicker than `Random.choice`."""
    return values[int(draw() * len(values))]


def _job(s: Scene) -> dict[str, str]:
    run = pick(s.runs, s.draw)
    return {
        "jobId": run.job.job_id,
        "runId": run.run_id,
        "jobTriggerType": "cron",
        "jobTaskType": "notebook",
        "clusterId": run.cluster_id or "",
        "taskKey": "main",
    }


def _cluster(s: Scene) -> dict[str, str]:
    cluster = pick(s.workspace.clusters, s.draw)
    return {"cluster_id": cluster.cluster_id, "cluster_name": cluster.name}


def _resize(s: Scene) -> dict[str, str]:
    size = str(1 + int(s.draw() * 8))
    return {**_cluster(s), "num_workers": size, "autoscale": f'{{"max_workers":{size}}}'}


def _command(s: Scene) -> dict[str, str]:
    return {
        "notebookId": pick(s.workspace.notebooks, s.draw),
        "clusterId": pick(s.workspace.clusters, s.draw).cluster_id,
        "commandId": str(int(s.draw() * 1e15)),
        "executionTime": f"{s.draw() * 60:.3f}",
        "status": "finished",
        "commandLanguage": "python",
        "commandText": pick(_CODE, s.draw),
    }


def _statement(s: Scene) -> dict[str, str]:
    return {
        "warehouseId": pick(s.workspace.warehouses, s.draw),
        "commandId": f"{int(s.draw() * 1e15):032x}",
        "commandText": pick(_STATEMENTS, s.draw),
    }


def _table(s: Scene) -> dict[str, str]:
    name = pick(_TABLES, s.draw)
    return {"full_name_arg": name, "metastore_id": f"metastore-{s.workspace.region}"}


def _credential(s: Scene) -> dict[str, str]:
    return {
        **_table(s),
        "operation": "READ",
        "credential_type": "StorageCredential",
        "is_permissions_enforcing_client": "true",
    }


def _path(s: Scene) -> dict[str, str]:
    return {"path": f"/Shared/reports/{int(s.draw() * 500)}.py"}


def _secret(s: Scene) -> dict[str, str]:
    return {"scope": "production", "key": f"key-{int(s.draw() * 20)}"}


def _login(s: Scene) -> dict[str, str]:
    return {"user": pick(s.workspace.people, s.draw), "authenticationMethod": "OIDC"}


def _token(s: Scene) -> dict[str, str]:
    return {"tokenId": f"{int(s.draw() * 1e15):032x}"}


def _usage_download(_s: Scene) -> dict[str, str]:
    return {"startMonth": "2026-01", "endMonth": "2026-01", "withPersonalData": "false"}


_RUN = '{"run_id":%d}'

ACTIONS: tuple[Action, ...] = (
    Action("unityCatalog", "getTable", 22, _table, "principal", '{"table_type":"MANAGED"}'),
    Action("unityCatalog", "generateTemporaryTableCredential", 14, _credential, "principal"),
    Action("notebook", "runCommand", 12, _command),
    Action("databrickssql", "commandSubmit", 9, _statement),
    Action("databrickssql", "commandFinish", 9, _statement, result='{"rows_produced":12}'),
    Action("jobs", "runStart", 7, _job, "principal", _RUN),
    Action("jobs", "runSucceeded", 6, _job, "system", "{}"),
    Action("jobs", "runTriggered", 3, _job, "system", _RUN),
    Action("accounts", "tokenLogin", 6, _token, "principal"),
    Action("accounts", "oidcBrowserLogin", 2, _login),
    Action("accounts", "IpAccessDenied", 0.3, _path),
    Action("clusters", "start", 1, _cluster, result="{}"),
    Action("clusters", "resize", 1.5, _resize),
    Action("clusters", "delete", 0.8, _cluster, "system"),
    Action("workspace", "export", 1, _path),
    Action("secrets", "getSecret", 2, _secret, "principal"),
    Action("dbfs", "read", 1.5, _path),
)
ACCOUNT_ACTIONS: tuple[Action, ...] = (
    Action("accounts", "login", 5, _login, account_level=True),
    Action("accountBillableUsage", "downloadUsageReport", 1, _usage_download, account_level=True),
    Action("oauth2", "mintOAuthToken", 3, _token, "principal", account_level=True),
)
