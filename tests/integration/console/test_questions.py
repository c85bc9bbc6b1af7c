"""Every question of the console over a lakehouse in which nothing has been built."""

from collections.abc import Callable
from typing import Any

from operations.console.lakehouse import Lakehouse
from operations.console.queries import ALL


def test_every_question_has_the_columns_that_pages_read(connect: Callable[..., Any]) -> None:
    lakehouse = Lakehouse(connect)
    lacking = {}
    for query in ALL:
        answer = lakehouse.ask(query)
        assert answer.frame.empty
        assert answer.missing
        lacking[query.analysis] = {column.name for column in query.columns} - set(answer.frame)
    assert {name: columns for name, columns in lacking.items() if columns} == {}
