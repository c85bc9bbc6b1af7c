"""A SQL warehouse of Databricks in the place of the embedded lakehouse."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from warehouse.connection import Connection
from warehouse.errors import SettingsInvalid
from warehouse.provenance import SETTING

TARGET = "LAKELEDGER_TARGET"
# As dbt's target prod names them.
_HOST, _PATH, _CATALOG = "DATABRICKS_HOST", "DATABRICKS_HTTP_PATH", "DATABRICKS_CATALOG"
_TOKEN = "DBT_ENV_SECRET_DATABRICKS_TOKEN"


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlWarehouse(Connection):
    """The address of a SQL warehouse; nobody here starts or stops it."""

    server: str
    path: str

    @property
    def host(self) -> str:
        """The address for dbt's ``host``."""
        return self.server

    @property
    def uri(self) -> str:
        """The address, for people."""
        return f"https://{self.server}{self.path}"

    def dbt_environment(self) -> dict[str, str]:
        """The environment variables with which dbt works on this warehouse."""
        return {
            "DBT_TARGET": "prod",
            _HOST: self.server,
            _PATH: self.path,
            _CATALOG: self.catalog,
            _TOKEN: self.token,
        }

    def connect(self, **options: Any) -> Any:
        """A new ``databricks.sql`` connection; ``options`` go to the connector.

        A SQL warehouse takes no setting of Spark, a cluster does: what commits are to say of who
        made them is left out there. Their history has the user that Databricks notes.
        """
        from databricks import sql

        given = {"access_token": self.token, "catalog": self.catalog, "enable_telemetry": False}
        settings = dict(options.get("session_configuration") or {})
        if "/warehouses/" in self.path:
            settings.pop(SETTING, None)
        given |= options | {"session_configuration": settings}
        return sql.connect(server_hostname=self.server, http_path=self.path, **given)


def named_warehouse(environment: Mapping[str, str] | None = None) -> SqlWarehouse | None:
    """The SQL warehouse that the environment names, where it says LAKELEDGER_TARGET=prod.

    The address alone is not enough: who has it in his shell for other tools means this machine.

    Raises:
        SettingsInvalid: if another target is named, or the address is incomplete.
    """
    env = os.environ if environment is None else environment
    target = env.get(TARGET) or "local"
    if target == "local":
        return None
    if target != "prod":
        raise SettingsInvalid(f"{TARGET} is {target!r}; it has to be local or prod.")
    missing = [name for name in (_HOST, _PATH, _TOKEN) if not env.get(name)]
    if missing:
        raise SettingsInvalid(f"{TARGET}=prod asks for {', '.join(missing)}, too.")
    return SqlWarehouse(
        server=env[_HOST].removeprefix("https://").rstrip("/"),
        path=env[_PATH],
        token=env[_TOKEN],
        catalog=env.get(_CATALOG) or "lakeledger",
        port=443,
        pid=0,
    )
