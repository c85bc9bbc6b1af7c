"""What goes into the hash of a row, and how."""

from operations.close.hashing import canonical_row
from operations.queries import literal

COLUMNS = {
    "seal_id": "string",
    "usage_hour_at": "timestamp",
    "billed_cost": "decimal(38,18)",
    "source_record_ids": "array<string>",
    "row_hash": "string",
}


def test_a_row_is_its_columns_by_name_without_what_follows_from_it() -> None:
    assert canonical_row(COLUMNS) == (
        "sha2(to_json(struct(cast(billed_cost as string) as billed_cost,"
        " source_record_ids as source_record_ids,"
        " cast(unix_micros(usage_hour_at) as string) as usage_hour_at)), 256)"
    )


def test_the_order_of_columns_makes_no_difference() -> None:
    assert canonical_row(dict(reversed(COLUMNS.items()))) == canonical_row(COLUMNS)


def test_no_text_gets_out_of_its_literal() -> None:
    assert literal("a'b\\") == "'a\\'b\\\\'"
