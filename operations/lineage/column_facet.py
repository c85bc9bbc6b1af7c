"""Column lineage of a run of dbt, as OpenLineage's facet of the table that was written. Pure."""

from collections.abc import Mapping
from typing import Any

from openlineage.client.facet_v2 import column_lineage_dataset as facet

from operations.lineage.columns_of_project import ColumnLineage, column_lineage, relation_of
from operations.lineage.errors import ColumnsUnknown
from operations.lineage.walk import Found, Relation, TableColumn


class ColumnFacets:
    """Facets by the compiled SQL of a model or snapshot, out of a run's manifest.

    The SQL is what the run did: that of an increment reads feeds of tables, which are followed to
    the tables. Of SQL that cannot be followed, and of columns with an unknown name in them, nothing
    is told.
    """

    def __init__(self, manifest: Mapping[str, Any], producer: str) -> None:
        self._producer = producer
        self._lineage = _lineage(manifest)
        self._relations: dict[str, Relation] = {
            node["compiled_code"]: relation_of(node)
            for node in manifest["nodes"].values()
            if node.get("compiled_code") and node["resource_type"] in ("model", "snapshot")
        }

    def of(self, namespace: str, sql: str) -> facet.ColumnLineageDatasetFacet | None:
        """The facet of the table that this SQL fills; ``namespace`` is that of all tables."""
        relation = self._relations.get(sql)
        if relation is None or self._lineage is None:
            return None
        table = self._lineage.tables[relation]
        fields = {}
        for name in table.columns:
            found = self._lineage.found.get(TableColumn(relation, name), Found())
            if found.columns and not found.unknown:
                read = [self._field(namespace, one) for one in sorted(found.columns)]
                fields[table.column(name)] = facet.Fields(inputFields=read)
        if not fields:
            return None
        return facet.ColumnLineageDatasetFacet(fields=fields, producer=self._producer)

    def _field(self, namespace: str, column: TableColumn) -> facet.InputField:
        assert self._lineage is not None
        field = self._lineage.tables[column.table].column(column.name)
        return facet.InputField(namespace=namespace, name=".".join(column.table), field=field)


def _lineage(manifest: Mapping[str, Any]) -> ColumnLineage | None:
    try:
        return column_lineage(manifest)
    except ColumnsUnknown:
        return None
