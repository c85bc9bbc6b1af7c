"""Makes text that is no valid UTF-8 readable: the engine keeps such bytes, clients stumble."""

import pyarrow as pa


def repaired(table: pa.Table) -> pa.Table:
    """The table with each invalid byte of a string column replaced by U+FFFD.

    Where all is well (checked at memory speed) the table itself is returned.
    """
    try:
        table.validate(full=True)
    except pa.ArrowInvalid:
        columns = [_column(column) for column in table.columns]
        return pa.Table.from_arrays(columns, schema=table.schema)
    return table


def _column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pa.chunked_array([_array(chunk) for chunk in column.chunks], type=column.type)


def _array(array: pa.Array) -> pa.Array:
    kind = array.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        raw = array.view(pa.binary() if pa.types.is_string(kind) else pa.large_binary())
        texts = [
            None if item is None else item.decode("utf-8", "replace") for item in raw.to_pylist()
        ]
        return pa.array(texts, type=kind)
    if pa.types.is_struct(kind):
        members = [_array(array.field(index)) for index in range(kind.num_fields)]
        return pa.StructArray.from_arrays(members, fields=list(kind), mask=array.is_null())
    if pa.types.is_map(kind):
        return pa.MapArray.from_arrays(
            array.offsets, _array(array.keys), _array(array.items), type=kind, mask=array.is_null()
        )
    if pa.types.is_list(kind):
        return pa.ListArray.from_arrays(
            array.offsets, _array(array.values), type=kind, mask=array.is_null()
        )
    return array
