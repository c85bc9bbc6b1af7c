"""Whatever a value or name holds, in SQL it is one literal or one name."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingestion.writer import Target, create_statement
from ingestion.writer import quoted as bronze_name
from operations.facts import ModelledSource, source_rows
from operations.queries import literal
from operations.trace.asking import text_literal, text_literals
from warehouse.catalog_reader import quoted as catalog_name
from warehouse.tokens import significant_tokens, string_value

HOSTILE = ("x'; drop table t; --", "\\", "\\'", "a`b", "``", "\n", "/* */", "$$", "\u2028", "''")
TEXTS = st.text() | st.sampled_from(HOSTILE)


@given(TEXTS)
@pytest.mark.parametrize("make", [literal, text_literal])
def test_a_value_is_one_literal(make: object, value: str) -> None:
    (token,) = significant_tokens(make(value))  # type: ignore[operator]
    assert token.kind == "string"
    assert string_value(token) == value


@given(st.lists(TEXTS, min_size=1))
def test_values_are_as_many_literals(values: list[str]) -> None:
    tokens = significant_tokens(text_literals(values))
    assert [string_value(token) for token in tokens if token.kind == "string"] == values
    assert {token.text for token in tokens if token.kind != "string"} <= {","}


@given(TEXTS)
@pytest.mark.parametrize("make", [bronze_name, catalog_name])
def test_a_name_is_one_name(make: object, name: str) -> None:
    (token,) = significant_tokens(make(name))  # type: ignore[operator]
    assert token.kind == "quoted"
    assert token.text[1:-1].replace("``", "`") == name


@given(TEXTS.filter(lambda text: "\0" not in text and text.strip("/.")))
@example("it's `odd`; drop")
def test_a_table_at_any_path_is_one_name(name: str) -> None:
    target = Target(name="s.t", path=Path("/home") / name)
    tokens = significant_tokens(create_statement(target))
    words = [token.text.upper() for token in tokens[:7]]
    assert words[:5] == ["CREATE", "TABLE", "IF", "NOT", "EXISTS"]
    assert (tokens[5].text, tokens[6].text, tokens[7].kind) == ("delta", ".", "quoted")
    assert tokens[8].text == "("


@given(TEXTS.filter(bool))
def test_a_catalog_of_any_name_is_one_name(catalog: str) -> None:
    tokens = significant_tokens(Target(name=f"{catalog}.s.t").identifier)
    assert [token.kind for token in tokens] == ["quoted", "other", "quoted", "other", "quoted"]


class Asked:
    """A cursor that keeps what it was asked and has no rows."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def execute(self, operation: str) -> None:
        self.asked.append(operation)

    def fetchall(self) -> list[tuple[object, ...]]:
        return []


@given(TEXTS)
def test_a_source_of_any_name_is_a_literal(name: str) -> None:
    cursor = Asked()
    source_rows(cursor, [ModelledSource(name=name, bronze="b", silver="s")])
    strings = [t for t in significant_tokens(cursor.asked[0]) if t.kind == "string"]
    assert [string_value(token) for token in strings] == [name, name]
