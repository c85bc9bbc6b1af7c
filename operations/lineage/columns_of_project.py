"""Column lineage of the whole project, out of a manifest of dbt that holds compiled SQL. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlglot.schema import MappingSchema

from operations.lineage.columns import UnreadableSql, add_table, origins, schema_of
from operations.lineage.errors import ColumnsUnknown
from operations.lineage.walk import Found, Relation, TableColumn, together

_KINDS = ("model", "snapshot", "seed", "source")
# Columns that a snapshot adds, under dbt's own names, and what they are taken from.
_OF_SNAPSHOTS: Mapping[str, tuple[str, ...]] = {
    "dbt_valid_from": ("updated_at",),
    "dbt_valid_to": ("updated_at",),
    "dbt_updated_at": ("updated_at",),
    "dbt_scd_id": ("unique_key", "updated_at"),
}
_SILVER = {"stg": "staging", "int": "intermediate"}
_DELETED = "dbt_is_deleted"
Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table or view of the project; ``columns``: declared name and type by name in lower case.

    ``group``: where it stands, as gold-billing-platform.
    """

    relation: Relation
    name: str
    kind: str
    group: str
    description: str
    columns: Mapping[str, tuple[str, str]]

    @property
    def full_name(self) -> str:
        """As it is asked for: schema and name."""
        return f"{self.relation[1]}.{self.name}"

    def column(self, name: str) -> str:
        """The column as it is declared."""
        return self.columns.get(name, (name, ""))[0]


@dataclass(frozen=True, slots=True)
class ColumnLineage:
    """Every table of the project, and what each column of models and snapshots is made of.

    ``unread``: models without column lineage, and why. ``read_by``: the other way.
    """

    tables: Mapping[Relation, Table]
    found: Mapping[TableColumn, Found]
    read_by: Mapping[TableColumn, tuple[TableColumn, ...]]
    unread: Mapping[Relation, str]

    def label(self, table: Table) -> str:
        """The table's name; with its schema where another table has that name, too."""
        alone = sum(one.name == table.name for one in self.tables.values()) == 1
        return table.name if alone and table.kind == "model" else table.full_name

    def derived_from(self, column: TableColumn) -> tuple[TableColumn, ...]:
        """The columns that a column is taken from directly, by name."""
        return tuple(sorted(self.found.get(column, Found()).columns))


def column_lineage(manifest: Document) -> ColumnLineage:
    """The lineage of every column.

    Raises:
        ColumnsUnknown: if the manifest holds no compiled SQL.
    """
    nodes = _nodes(manifest)
    if not any(node.get("compiled_code") for node in nodes):
        raise ColumnsUnknown("The manifest holds no compiled SQL: dbt parse alone compiles none.")
    schema = schema_of({relation_of(node): _types(node) for node in nodes if _types(node)})
    tables = {relation_of(node): _table(node, _names(node, node["columns"])) for node in nodes}
    found: dict[TableColumn, Found] = {}
    unread = {}
    # A snapshot declares few of its columns; its query tells the rest, before others read them.
    for node in sorted(nodes, key=lambda one: one["resource_type"] != "snapshot"):
        if node["resource_type"] not in ("model", "snapshot"):
            continue
        relation = relation_of(node)
        try:
            made_of = _made_of(node, schema)
        except UnreadableSql as error:
            unread[relation] = str(error)
            continue
        if node["resource_type"] == "snapshot":
            tables[relation] = _table(node, _names(node, made_of))
            add_table(schema, relation, dict.fromkeys(made_of, ""))
        found |= {TableColumn(relation, name): one for name, one in made_of.items()}
    return ColumnLineage(tables, found, _readers(found), unread)


def _nodes(manifest: Document) -> list[Document]:
    every = (*manifest["nodes"].values(), *manifest["sources"].values())
    return [node for node in every if node["resource_type"] in _KINDS]


def _made_of(node: Document, schema: MappingSchema) -> dict[str, Found]:
    if not (sql := node.get("compiled_code")):
        raise UnreadableSql("it is not compiled")
    found = origins(sql, schema)
    return found if node["resource_type"] == "model" else found | _added(node["config"], found)


def _added(config: Document, selected: Mapping[str, Found]) -> dict[str, Found]:
    """The columns that a snapshot adds to those that it selects."""
    names = config.get("snapshot_meta_column_names") or {}
    added = {}
    for own, settings in _OF_SNAPSHOTS.items():
        read = [name for setting in settings for name in _listed(config.get(setting))]
        known = [selected[name.lower()] for name in read if name.lower() in selected]
        clock = Found() if known else Found(made=frozenset({"current_timestamp()"}))
        added[(names.get(own) or own).lower()] = together([*known, clock])
    if config.get("hard_deletes") == "new_record":
        deleted = Found(made=frozenset({"whether the row is gone"}))
        added[(names.get(_DELETED) or _DELETED).lower()] = deleted
    return added


def _listed(value: str | list[str] | None) -> list[str]:
    return [value] if isinstance(value, str) else value or []


def _table(node: Document, columns: Mapping[str, tuple[str, str]]) -> Table:
    return Table(
        relation=relation_of(node),
        name=_name(node),
        kind=node["resource_type"],
        group=_group(node),
        description=node.get("description") or "",
        columns=columns,
    )


def _group(node: Document) -> str:
    """The folder of a model, silver's by what its models are, too; the schema of anything else."""
    if node["resource_type"] != "model":
        return str(node["schema"]).replace("_", "-")
    kind = _SILVER.get(node["name"].partition("_")[0])
    return "-".join([*node["fqn"][1:-1], *([kind] if kind else [])])


def _names(node: Document, columns: Iterable[str]) -> dict[str, tuple[str, str]]:
    declared = {name.lower(): one for name, one in node["columns"].items()}
    found = {}
    for name in columns:
        one = declared.get(name.lower(), {})
        found[name.lower()] = (one.get("name") or name, one.get("data_type") or "")
    return found


def _types(node: Document) -> dict[str, str]:
    return {name: one.get("data_type") or "" for name, one in node["columns"].items()}


def relation_of(node: Document) -> Relation:
    """The table of a model, snapshot, seed or source of the manifest."""
    return node["database"].lower(), node["schema"].lower(), _name(node).lower()


def _name(node: Document) -> str:
    return str(node.get("identifier") or node["alias"])


def _readers(found: Mapping[TableColumn, Found]) -> dict[TableColumn, tuple[TableColumn, ...]]:
    readers: dict[TableColumn, list[TableColumn]] = defaultdict(list)
    for column, one in found.items():
        for origin in one.columns:
            readers[origin].append(column)
    return {origin: tuple(sorted(columns)) for origin, columns in readers.items()}
