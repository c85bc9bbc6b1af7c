"""Every question of the console, as the engine understands it, where nothing has been built."""

from collections.abc import Callable
from typing import Any

from operations.console.analyses import Analyses
from operations.console.frames import frame_of
from operations.console.lakehouse import bounded
from operations.console.queries import ALL
from operations.dbt import PROJECT


def test_every_question_has_the_columns_that_pages_read(connect: Callable[..., Any]) -> None:
    analyses = Analyses(PROJECT)
    lacking = {}
    with connect() as connection, connection.cursor() as cursor:
        for query in ALL:
            cursor.execute(bounded(analyses.statement(query.analysis, ()).text, query.limit))
            frame = frame_of(cursor.fetchall_arrow())
            assert frame.empty
            lacking[query.analysis] = {column.name for column in query.columns} - set(frame)
    assert {name: columns for name, columns in lacking.items() if columns} == {}
