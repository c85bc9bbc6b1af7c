"""Puts the parameters that a client binds into the statement, as typed literals."""

import re
from collections.abc import Sequence
from typing import Any

from warehouse.errors import BadStatement, NotEmulated
from warehouse.tokens import Token, replaced, significant_tokens

_SCALAR = re.compile(
    r"(BIGINT|BINARY|BOOLEAN|DATE|DECIMAL(\s*\(\s*\d+\s*(,\s*\d+\s*)?\))?|DOUBLE|FLOAT|INT|INTEGER"
    r"|SMALLINT|STRING|TIMESTAMP|TIMESTAMP_NTZ|TINYINT|VOID|LONG|SHORT|BYTE"
    r"|INTERVAL( \w+( TO \w+)?)?)",
    re.IGNORECASE,
)


def bind(sql: str, parameters: Sequence[Any] | None) -> str:
    """The statement with ``?`` and ``:name`` markers replaced by literals of the given types.

    ``parameters`` are TSparkParameter values: all named, or all in order.

    Raises:
        NotEmulated: for arrays, maps and structs as parameters.
        BadStatement: if the markers and the parameters do not match.
    """
    if not parameters:
        return sql
    tokens = significant_tokens(sql)
    if all(parameter.name for parameter in parameters):
        return replaced(sql, _named(tokens, {p.name.lower(): literal(p) for p in parameters}))
    markers = [token for token in tokens if token.text == "?" and token.kind == "other"]
    if len(markers) != len(parameters):
        raise BadStatement(
            f"[PARAMETER_MISMATCH] The statement has {len(markers)} markers (?) and "
            f"{len(parameters)} values were sent for them."
        )
    values = [literal(parameter) for parameter in parameters]
    return replaced(
        sql, [(token.start, token.end, v) for token, v in zip(markers, values, strict=True)]
    )


def _named(tokens: list[Token], values: dict[str, str]) -> list[tuple[int, int, str]]:
    edits = []
    for index, token in enumerate(tokens[:-1]):
        follower = tokens[index + 1]
        if token.text != ":" or follower.start != token.end or follower.name not in values:
            continue
        before = tokens[index - 1] if index else None
        # v:field is a path into a VARIANT and a::b is a cast; neither is a marker.
        touching = before is not None and before.end == token.start
        if touching and before is not None and (before.name or before.text in (":", "]", ")")):
            continue
        edits.append((token.start, follower.end, values[follower.name]))
    return edits


def literal(parameter: Any) -> str:
    """One parameter as SQL: a string literal, cast to the type that came with it."""
    kind = (parameter.type or "STRING").strip()
    if parameter.arguments or not _SCALAR.fullmatch(kind):
        raise NotEmulated(
            "[UNSUPPORTED_FEATURE.EMBEDDED_LAKEHOUSE] The embedded lakehouse does not emulate "
            f"parameters of the type {kind}: bind scalar values, or write the value as SQL."
        )
    value = parameter.value
    text = None
    if value is not None:
        sent = (value.stringValue, value.doubleValue, value.booleanValue)
        text = next((str(part) for part in sent if part is not None), None)
    if text is None or kind.upper() == "VOID":
        return "NULL" if kind.upper() == "VOID" else f"CAST(NULL AS {kind})"
    escaped = "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return escaped if kind.upper() == "STRING" else f"CAST({escaped} AS {kind})"
