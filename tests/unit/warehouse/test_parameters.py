"""How bound values become part of a statement."""

import pytest
from databricks.sql.thrift_api.TCLIService.ttypes import (
    TSparkParameter,
    TSparkParameterValue,
    TSparkParameterValueArg,
)
from hypothesis import given
from hypothesis import strategies as st

from warehouse.errors import BadStatement, NotEmulated
from warehouse.parameters import bind
from warehouse.tokens import significant_tokens


def parameter(value: str | None, kind: str = "STRING", name: str | None = None) -> TSparkParameter:
    held = None if value is None else TSparkParameterValue(stringValue=value)
    return TSparkParameter(name=name, type=kind, value=held, ordinal=name is None)


def test_a_named_marker_is_no_path_and_no_cast() -> None:
    sql = "select v:a, x::a, array(1)[0]:a, :a, ':a' -- :a"
    assert bind(sql, [parameter("1", "INT", "a")]) == (
        "select v:a, x::a, array(1)[0]:a, CAST('1' AS INT), ':a' -- :a"
    )


def test_values_keep_their_order() -> None:
    found = bind("select ?, '?', ?", [parameter("a"), parameter(None, "VOID")])
    assert found == "select 'a', '?', NULL"


def test_a_count_that_does_not_match_is_told() -> None:
    with pytest.raises(BadStatement, match=r"1 markers .* 2 values"):
        bind("select ?", [parameter("a"), parameter("b")])


@pytest.mark.parametrize("kind", ["ARRAY<INT>", "INT); drop table x; --", "STRUCT<a: INT>"])
def test_a_type_that_is_no_plain_one_is_refused(kind: str) -> None:
    with pytest.raises(NotEmulated):
        bind("select ?", [parameter("a", kind)])


def test_a_nested_value_is_refused() -> None:
    nested = TSparkParameter(type="STRING", arguments=[TSparkParameterValueArg()], ordinal=True)
    with pytest.raises(NotEmulated):
        bind("select ?", [nested])


@given(st.text())
def test_no_text_gets_out_of_its_literal(text: str) -> None:
    tokens = significant_tokens(bind("select ?", [parameter(text)]))
    assert [token.kind for token in tokens] == ["word", "string"]
