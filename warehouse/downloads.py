"""A large result as files to download, each a few megabytes of its rows as an Arrow stream."""

import time
from collections.abc import Mapping
from urllib.parse import urlencode

import pyarrow as pa
from databricks.sql.thrift_api.TCLIService import ttypes

from warehouse.errors import BadStatement

FILE_BYTES = 8 * 1024 * 1024
# A link is good for as long as its statement is open; this only has to be later than that.
_LATER_SECONDS = 7 * 24 * 3600


def link(table: pa.Table, first: int, address: str) -> ttypes.TSparkArrowResultLink:
    """Where the file of the rows from ``first`` on is found: at the address, by that row."""
    piece = _piece(table, first)
    return ttypes.TSparkArrowResultLink(
        fileLink=f"{address}&row={first}",
        expiryTime=int(time.time()) + _LATER_SECONDS,
        startRowOffset=first,
        rowCount=piece.num_rows,
        bytesNum=_size(piece),
        httpHeaders={},
    )


def query_of(identifier: ttypes.THandleIdentifier) -> str:
    """A statement as a link names it: whoever has the link has its secret, and nobody else."""
    return urlencode({"statement": identifier.guid.hex(), "secret": identifier.secret.hex()})


def asked_for(query: Mapping[str, str]) -> tuple[ttypes.TOperationHandle, int]:
    """The statement and the first row that a link names.

    Raises:
        BadStatement: if it is no such link.
    """
    try:
        guid, secret = (bytes.fromhex(query[name]) for name in ("statement", "secret"))
        first = int(query["row"])
    except (KeyError, ValueError) as error:
        raise BadStatement("[INVALID_LINK] This is no link to rows of a result.") from error
    named = ttypes.THandleIdentifier(guid=guid, secret=secret)
    return ttypes.TOperationHandle(operationId=named), first


def file(table: pa.Table, first: int) -> memoryview:
    """The bytes of the file that begins with this row.

    Raises:
        BadStatement: if there is no such row.
    """
    if not 0 <= first < table.num_rows:
        raise BadStatement(f"[INVALID_LINK] The result has no row {first}.")
    sink = pa.BufferOutputStream()
    _write(_piece(table, first), sink)
    return memoryview(sink.getvalue())


def _piece(table: pa.Table, first: int) -> pa.Table:
    return table.slice(first, _step(table))


def _step(table: pa.Table) -> int:
    """Rows to a file."""
    rows: int = FILE_BYTES * table.num_rows // max(1, table.nbytes)
    return max(1, rows)


def _size(piece: pa.Table) -> int:
    sink = pa.MockOutputStream()
    _write(piece, sink)
    return int(sink.size())


def _write(piece: pa.Table, sink: pa.NativeFile) -> None:
    with pa.ipc.new_stream(sink, piece.schema) as stream:
        stream.write_table(piece)
