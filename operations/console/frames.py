"""Answers of the connector as frames of pandas: numbers to show, times in UTC, texts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
import pyarrow as pa


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The rows of a query; its tables that are not there; whether there were more rows.

    ``is_unbuilt``: none of its tables is there. ``read_at`` (UTC) and ``seconds`` say when it was
    read and how long that took.
    """

    frame: pd.DataFrame
    missing: tuple[str, ...]
    is_unbuilt: bool
    is_cut: bool
    read_at: datetime
    seconds: float

    @property
    def is_partial(self) -> bool:
        """Whether a row says that not everything has arrived."""
        return "is_partial" in self.frame and bool(self.frame["is_partial"].eq(True).any())


def frame_of(table: pa.Table) -> pd.DataFrame:
    """A result as a frame: decimals as floats, which is for show, times with their zone."""
    columns = [_shown(column) for column in table.columns]
    names = table.column_names
    return pa.table(columns, names=names).to_pandas(timestamp_as_object=False)


def _shown(column: pa.ChunkedArray) -> Any:
    kind = column.type
    if pa.types.is_decimal(kind):
        return column.cast(pa.float64(), safe=False)
    if pa.types.is_timestamp(kind):
        return column.cast(pa.timestamp("us", tz="UTC"))
    if pa.types.is_list(kind):
        texts = [
            None if value is None else ", ".join(map(str, value)) for value in column.to_pylist()
        ]
        return pa.chunked_array([pa.array(texts, pa.string())])
    return column
