"""What a client has to know to connect."""

from dataclasses import dataclass
from typing import Any

from warehouse.endpoint import HOST, HTTP_PATH

# An engine of this machine that refuses is gone; the connector would ask for a quarter of an hour.
_PATIENCE = {"_retry_stop_after_attempts_count": 1, "_retry_delay_min": 0.1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """The address, catalog and token of a running warehouse."""

    port: int
    token: str
    catalog: str
    pid: int

    @property
    def host(self) -> str:
        """The address for dbt's ``host``."""
        return f"http://{HOST}:{self.port}"

    @property
    def uri(self) -> str:
        """The address for the connector's ``_connection_uri``."""
        return f"{self.host}/{HTTP_PATH}"

    def dbt_environment(self) -> dict[str, str]:
        """The environment variables that the local target of the dbt profile reads."""
        return {
            "LAKELEDGER_HOST": self.host,
            "LAKELEDGER_PORT": str(self.port),
            "DBT_ENV_SECRET_LAKELEDGER_TOKEN": self.token,
        }

    def connect(self, **options: Any) -> Any:
        """A new ``databricks.sql`` connection; ``options`` go to the connector."""
        from databricks import sql

        return sql.connect(
            server_hostname=HOST,
            http_path=HTTP_PATH,
            **{
                "access_token": self.token,
                "catalog": self.catalog,
                "_connection_uri": self.uri,
                "enable_telemetry": False,
                **_PATIENCE,
                **options,
            },
        )
