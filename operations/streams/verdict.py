"""From a message to a typed order with a verdict: silver's rules (macros/verdict.sql) in a stream.

Everything is SQL that Spark compiles; no message passes through Python.
"""

from collections.abc import Iterator

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from operations.streams.declaration import Declaration, Field

# Longer names of unknown fields, and of categories and cities, mean harm; they become labels.
_LONGEST_NAME = 64
_UNKNOWN = "unknown"
# A number of four digits of exponent or more: whoever reads a decimal writes out all its digits.
_ENDLESS_NUMBER = r"[:\[,]\s*-?[0-9][0-9.]*[eE][+-]?[0-9]{4,}\s*[,}\]]"
# A text that may be one, under a name that is declared a decimal or is spelled with escapes.
_MAYBE_DECIMAL = r'"(?:{names}|[^"]*\\u00[4-7][0-9A-Fa-f][^"]*)"\s*:\s*"[^"]*[eE\\][^"]{{4}}'
# What a line must have for that, quick to look for.
_DECIMAL_AS_TEXT = r'"(?:{names})"\s*:\s*"'


def judged(messages: DataFrame, declared: Declaration) -> DataFrame:
    """Messages (value, timestamp) as orders, each with its verdict.

    Columns: taken_at (when the broker took it), reason (null where the order is valid),
    schema_version, unknown_fields (names), order_id, user_id, category, city, price, amount
    (decimal(24,2)), order_at.
    """
    # The broker's clock; that of a producer may be anywhere, and is not to move a watermark.
    taken = messages.selectExpr(
        "cast(value as string) as raw", "least(timestamp, now()) as taken_at"
    )
    return (
        taken.selectExpr("*", r"ltrim('\ufeff', raw) as text")
        .selectExpr("*", "json_object_keys(text) as keys", f"{_documents(declared)} as documents")
        # Generated, not indexed: the optimizer would repeat from_json for every mention.
        .selectExpr("*", "explode_outer(slice(documents, 1, 1)) as document")
        .selectExpr("*", f"named_struct({_typed_members(declared)}) as record")
        .select(
            "taken_at",
            F.expr(f"case {' '.join(_verdict(declared))} end").alias("reason"),
            F.expr(_unknown_fields(declared)).alias("unknown_fields"),
            *map(F.expr, _members()),
        )
    )


def valid(orders: DataFrame) -> DataFrame:
    """The valid ones of judged orders."""
    return orders.where("reason is null").drop("reason", "unknown_fields")


def _members() -> Iterator[str]:
    for name in ("schema_version", "order_id", "user_id", "price"):
        yield f"record.{name}"
    for name in ("category", "city"):
        text = f"left(coalesce(nullif(trim(record.{name}), ''), '{_UNKNOWN}'), {_LONGEST_NAME})"
        yield f"{text} as {name}"
    yield "record.order_time as order_at"
    yield "cast(round(record.price * record.quantity, 2) as decimal(24, 2)) as amount"


def _documents(declared: Declaration) -> str:
    """The line as an array, so that whatever follows the first document on it shows."""
    members = ",".join(
        f"`{one.name}`:{one.type if _is_decimal(one) else 'string'}" for one in declared.fields
    )
    return (
        f"from_json(if({_is_endless(declared)}, null, concat('[', text, ']')),"
        f" 'array<struct<{members}>>', map('allowSingleQuotes', 'false'))"
    )


def _typed_members(declared: Declaration) -> str:
    return ", ".join(f"'{one.name}', {_typed(one)}" for one in declared.fields)


def _typed(field: Field) -> str:
    value = f"document.`{field.name}`"
    if _is_decimal(field) or field.type == "string":
        return value
    cast = f"try_cast({value} as {field.type})"
    if field.type == "timestamp":
        return f"case when {cast} < timestamp'9999-12-31' then {cast} end"
    return cast


def _verdict(declared: Declaration) -> Iterator[str]:
    """The branches, from the line to the field: the first that holds is the reason."""
    yield "when raw is null then 'no_value'"
    yield "when not is_valid_utf8(raw) then 'invalid_utf8'"
    yield r"when trim(both ' \t\r' from text) = '' then 'empty_line'"
    yield (
        "when coalesce(size(documents), 0) <> 1 or document is null or keys is null"
        f" then {_unreadable(declared)}"
    )
    yield (
        "when size(keys) <> size(array_distinct(keys)) then concat('duplicate_key:',"
        " get(filter(keys, (key, i) -> array_position(keys, key) <> i + 1), 0))"
    )
    for field in declared.fields:
        absent, broken = _absent_and_broken(field)
        if field.required:
            yield f"when {absent} then 'missing_key:{field.name}'"
        if broken:
            yield f"when {broken} then 'wrong_type:{field.name}'"
    newest = declared.newest_version
    yield f"when record.schema_version not between 1 and {newest} then 'unknown_schema_version'"
    yield "when record.price <= 0 then 'price_not_positive'"
    yield "when record.quantity <= 0 then 'quantity_not_positive'"
    yield "when record.order_time < timestamp'2020-01-01' then 'order_time_too_old'"
    ahead = f"taken_at + interval {declared.max_future}"
    yield f"when record.order_time > {ahead} then 'future_event_time'"


def _unreadable(declared: Declaration) -> str:
    endless = f"documents is null and {_is_endless(declared)}"
    return f"if({endless}, 'number_out_of_range', 'malformed_json')"


def _is_endless(declared: Declaration) -> str:
    names = "|".join(one.name for one in declared.fields if _is_decimal(one))
    looked_for = _DECIMAL_AS_TEXT.format(names=names)
    text = _MAYBE_DECIMAL.format(names=names)
    return (
        f"(text rlike r'{_ENDLESS_NUMBER}' or (contains(text, r'\\u00') or"
        f" text rlike r'{looked_for}') and text rlike r'{text}')"
    )


def _absent_and_broken(field: Field) -> tuple[str, str | None]:
    """Conditions under which a field is not there, and is there with another type."""
    value, typed = f"document.`{field.name}`", f"record.`{field.name}`"
    if field.type == "string":
        return f"coalesce({value}, '') = ''", None
    if _is_decimal(field):
        # get_json_object parses the line again: only where the value came out null.
        there = (
            f"array_contains(keys, '{field.name}')"
            f" and get_json_object(text, '$[\\'{field.name}\\']') is not null"
        )
        return f"{typed} is null and not ({there})", f"{typed} is null and {there}"
    return f"{value} is null", f"{value} is not null and {typed} is null"


def _unknown_fields(declared: Declaration) -> str:
    names = ", ".join(f"'{one.name}'" for one in declared.fields)
    return f"transform(array_except(keys, array({names})), name -> left(name, {_LONGEST_NAME}))"


def _is_decimal(field: Field) -> bool:
    return field.type.startswith("decimal")
