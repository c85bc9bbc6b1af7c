"""The rows of a finished statement, held as Arrow and given out in pages or as files."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
from databricks.sql.thrift_api.TCLIService import ttypes
from pyspark.sql import DataFrame
from pyspark.sql.conversion import LocalDataToArrowConversion
from pyspark.sql.pandas.types import to_arrow_schema
from pyspark.sql.types import StructType

from warehouse.downloads import link
from warehouse.result_types import column_description, portable
from warehouse.text_repair import repaired

_LOCAL_PLANS = ("CommandResult", "LocalRelation")
_SQL_NAME = b"Spark:DataType:SqlName"
# Below it a download takes longer than to read the rows out of the answer.
_WORTH_DOWNLOADING = 1024 * 1024


@dataclass(slots=True)
class Result:
    """All rows of one statement; ``given`` counts those that the client has been sent.

    A large one goes out as files where the client is ``able_to_download``, as a SQL warehouse does:
    the connector spells out each answer for its log, written or not, but no file.
    """

    columns: list[ttypes.TColumnDesc]
    table: pa.Table
    modified: int | None = None
    given: int = field(default=0)
    able_to_download: bool = False

    @property
    def in_files(self) -> bool:
        """Whether the client is sent links in the place of rows."""
        return self.able_to_download and self.table.nbytes >= _WORTH_DOWNLOADING

    @property
    def metadata(self) -> ttypes.TGetResultSetMetadataResp:
        """What the client has to know to read the pages."""
        kinds = ttypes.TSparkRowSetType
        return ttypes.TGetResultSetMetadataResp(
            status=ttypes.TStatus(statusCode=ttypes.TStatusCode.SUCCESS_STATUS),
            schema=ttypes.TTableSchema(columns=self.columns),
            resultFormat=kinds.URL_BASED_SET if self.in_files else kinds.ARROW_BASED_SET,
            lz4Compressed=False,
            arrowSchema=self.table.schema.serialize().to_pybytes(),
            isStagingOperation=False,
        )

    def file(self, address: str) -> tuple[ttypes.TRowSet, bool]:
        """The link to the next rows, below an address that answers with them; whether more follow.

        One at a time: a client that has enough would leave others on their way, and complain.
        """
        start, found = self.given, []
        if start < self.table.num_rows:
            found = [link(self.table, start, address)]
            self.given += found[0].rowCount
        rows = ttypes.TRowSet(startRowOffset=start, rows=[], resultLinks=found)
        return rows, self.given < self.table.num_rows

    def page(self, rows: int | None, size: int | None) -> tuple[ttypes.TRowSet, bool]:
        """The next rows, at most ``rows`` of them and about ``size`` bytes; whether more follow.

        A page holds at least one row while there are any.
        """
        left = self.table.num_rows - self.given
        count = min(left, rows) if rows and rows > 0 else left
        if size and size > 0 and self.table.num_rows:
            width = max(1, self.table.nbytes // self.table.num_rows)
            count = min(count, max(1, size // width))
        start, self.given = self.given, self.given + count
        batches = [
            ttypes.TSparkArrowBatch(batch=batch.serialize().to_pybytes(), rowCount=batch.num_rows)
            for batch in self.table.slice(start, count).to_batches()
        ]
        found = ttypes.TRowSet(startRowOffset=start, rows=[], arrowBatches=batches)
        return found, self.given < self.table.num_rows


def collect(
    frame: DataFrame, limit: int | None = None, shown: Callable[[str], str] | None = None
) -> Result:
    """Runs the frame and holds its rows; a statement without columns or job starts none.

    ``shown`` is put over each text of a small result that is here already.
    """
    schema = frame.schema
    columns = [
        column_description(member.name, member.dataType, position)
        for position, member in enumerate(schema, 1)
    ]
    if not columns:
        return Result(columns, pa.table({}))
    execution = frame._jdf.queryExecution()
    if execution.commandExecuted().getClass().getSimpleName() in _LOCAL_PLANS:
        rows = frame.collect() if limit is None else frame.take(limit)
        found = Result(columns, _local(rows, schema), _modified(rows, schema))
        if shown is not None:
            found.table = _renamed(found.table, shown)
        return found
    kept = portable(frame if limit is None else frame.limit(limit), schema)
    plan = execution.optimizedPlan()
    if plan.getClass().getSimpleName() == "LocalRelation" and plan.data().isEmpty():
        table = _no_rows(kept.schema)
    else:
        batches = kept._collect_as_arrow(empty_list_if_zero_records=False)
        table = repaired(pa.Table.from_batches(batches))
    return Result(columns, _with_sql_names(table, schema))


def empty_result() -> Result:
    """The result of a statement that has nothing to show."""
    return Result([], pa.table({}))


def local_result(rows: list[dict[str, Any]], schema: StructType) -> Result:
    """A result out of rows that are here already."""
    columns = [
        column_description(member.name, member.dataType, position)
        for position, member in enumerate(schema, 1)
    ]
    values = [tuple(row.get(member.name) for member in schema) for row in rows]
    return Result(columns, _local(values, schema))


def _no_rows(schema: StructType) -> pa.Table:
    return to_arrow_schema(schema, timezone="UTC").empty_table()


def _local(rows: list[Any], schema: StructType) -> pa.Table:
    if not rows:
        return _no_rows(schema)
    return LocalDataToArrowConversion.convert(rows, schema, use_large_var_types=False)


def _renamed(table: pa.Table, shown: Callable[[str], str]) -> pa.Table:
    for index, column in enumerate(table.columns):
        if pa.types.is_string(column.type):
            texts = [None if text is None else shown(text) for text in column.to_pylist()]
            renamed = pa.chunked_array([pa.array(texts, column.type)])
            table = table.set_column(index, table.schema.field(index), renamed)
    return table


def _modified(rows: list[Any], schema: StructType) -> int | None:
    if "num_affected_rows" not in schema.names or len(rows) != 1:
        return None
    count = rows[0]["num_affected_rows"]
    return None if count is None else int(count)


def _with_sql_names(table: pa.Table, schema: StructType) -> pa.Table:
    """Marks the columns that hold a VARIANT as text, so that the client tells them so."""
    for index, member in enumerate(schema):
        if member.dataType.typeName() == "variant":
            marked = table.schema.field(index).with_metadata({_SQL_NAME: b"VARIANT"})
            table = table.set_column(index, marked, table.column(index))
    return table
