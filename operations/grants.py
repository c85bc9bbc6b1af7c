"""Who may do what on Databricks: `resources/grants.yml` as SQL, and against what holds there."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from ingestion.bounded_yaml import read_yaml
from operations.queries import Cursor, quoted, rows
from operations.refusals import explained
from warehouse.errors import WarehouseError
from warehouse.lifecycle import running_warehouse

DECLARED = Path(__file__).resolve().parent.parent / "resources" / "grants.yml"
CATALOG = "lakeledger"
# No ALL PRIVILEGES and no MANAGE: nobody needs them, and a list says what is given.
PRIVILEGES = ("USE CATALOG", "USE SCHEMA", "CREATE TABLE", "SELECT", "MODIFY")
_KEYS = {"to", "securable", "privileges", "because"}
_PARTS = {"catalog": 0, "schema": 1, "table": 2}


class GrantsInvalid(Exception):
    """The declaration cannot be used, or the connection to compare it with is not given."""


@dataclass(frozen=True, slots=True, order=True)
class Securable:
    """A catalog, schema or table; `parts` are its names below the catalog."""

    kind: str
    parts: tuple[str, ...] = ()

    def sql(self, catalog: str) -> str:
        """As GRANT and SHOW GRANTS name it."""
        return f"{self.kind.upper()} {'.'.join(map(quoted, (catalog, *self.parts)))}"


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """One privilege of one principal, by its name in the account."""

    on: Securable
    principal: str
    privilege: str


def load_grants(file: Path = DECLARED) -> tuple[Grant, ...]:
    """Every declared grant, in order.

    Raises:
        GrantsInvalid: naming the first fault.
    """
    try:
        document = read_yaml(file.read_text(encoding="utf-8"))
        return tuple(sorted(set(_grants(document))))
    except (yaml.YAMLError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise GrantsInvalid(f"{file} cannot be read: {' '.join(str(error).split())}") from error


def _grants(document: Mapping[str, Any]) -> Iterator[Grant]:
    principals = {key: entry["name"] for key, entry in document["principals"].items()}
    for entry in document["grants"]:
        if set(entry) != _KEYS or not entry["because"]:
            raise ValueError(f"a grant has to have {', '.join(sorted(_KEYS))}: {entry}")
        on = _securable(entry["securable"])
        for key in entry["to"]:
            if key not in principals:
                raise ValueError(f"no principal is called {key}")
            for privilege in entry["privileges"]:
                if privilege not in PRIVILEGES:
                    raise ValueError(f"privilege {privilege} is none of {', '.join(PRIVILEGES)}")
                yield Grant(on, principals[key], privilege)


def _securable(text: str) -> Securable:
    kind, _, name = text.partition(" ")
    parts = tuple(name.split(".")) if name else ()
    if _PARTS.get(kind) != len(parts) or not all(parts):
        raise ValueError(f"'{text}' has to be catalog, schema NAME or table SCHEMA.NAME")
    return Securable(kind, parts)


def statements(grants: Sequence[Grant], catalog: str) -> list[str]:
    """One GRANT per securable and principal."""
    given: dict[tuple[Securable, str], list[str]] = {}
    for grant in grants:
        given.setdefault((grant.on, grant.principal), []).append(grant.privilege)
    return [
        f"GRANT {', '.join(sorted(privileges, key=PRIVILEGES.index))} ON {on.sql(catalog)}"
        f" TO {quoted(principal)}"
        for (on, principal), privileges in given.items()
    ]


def found_grants(
    cursor: Cursor, securables: Iterable[Securable], catalog: str
) -> tuple[Grant, ...]:
    """What SHOW GRANTS tells of each securable itself, without what it inherits."""
    found = set()
    for on in securables:
        for principal, privilege, kind, *_ in rows(cursor, f"show grants on {on.sql(catalog)}"):
            if str(kind).upper() == on.kind.upper():
                found.add(Grant(on, str(principal), str(privilege).upper().replace("_", " ")))
    return tuple(sorted(found))


def differences(declared: Sequence[Grant], found: Sequence[Grant], catalog: str) -> list[str]:
    """A line for each grant that is missing, or there without being declared."""
    missing = [("missing", grant) for grant in sorted(set(declared) - set(found))]
    extra = [("not declared", grant) for grant in sorted(set(found) - set(declared))]
    return [
        f"{what}: {grant.privilege} ON {grant.on.sql(catalog)} TO {quoted(grant.principal)}"
        for what, grant in missing + extra
    ]


def grants(
    catalog: Annotated[
        str, typer.Option(envvar="DATABRICKS_CATALOG", help="Catalog of the project.")
    ] = CATALOG,
    check: Annotated[
        bool, typer.Option("--check", help="Compare with what holds; exit code 1 if it differs.")
    ] = False,
) -> None:
    """The grants of each role on Databricks, as SQL; or whether they hold."""
    with explained(GrantsInvalid, WarehouseError):
        declared = load_grants()
        if not check:
            typer.echo("".join(f"{statement};\n" for statement in statements(declared, catalog)))
            return
        with _cursor() as cursor:
            found = found_grants(cursor, sorted({grant.on for grant in declared}), catalog)
        differing = differences(declared, found, catalog)
        typer.echo("\n".join(differing) or f"All {len(declared)} grants hold, and no others.")
        if differing:
            raise typer.Exit(1)


@contextmanager
def _cursor() -> Iterator[Cursor]:
    """Databricks as the environment names it for dbt's target prod; else the embedded lakehouse."""
    host = os.environ.get("DATABRICKS_HOST")
    if not host:
        with running_warehouse() as warehouse, closing(warehouse.connect()) as connection:
            yield connection.cursor()
        return
    path = os.environ.get("DATABRICKS_HTTP_PATH")
    token = os.environ.get("DBT_ENV_SECRET_DATABRICKS_TOKEN")
    if not (path and token):
        raise GrantsInvalid(
            "To compare, set DATABRICKS_HTTP_PATH and DBT_ENV_SECRET_DATABRICKS_TOKEN, too."
        )
    from databricks import sql

    with closing(sql.connect(host, path, token, enable_telemetry=False)) as connection:
        yield connection.cursor()
