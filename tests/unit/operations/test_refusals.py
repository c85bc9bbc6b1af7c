"""A failed question is told in a sentence that says what to do, or in the warehouse's own words."""

from databricks.sql.exc import RequestError, ServerOperationError

from operations.refusals import refusal_of


def test_a_table_that_is_not_built_is_named() -> None:
    message = (
        "[TABLE_OR_VIEW_NOT_FOUND] The table or view `gold_billing`.`fct_usage_daily` cannot be"
        " found. Verify the spelling.\nTo tolerate the error use IF EXISTS. SQLSTATE: 42P01"
    )
    told = refusal_of(ServerOperationError(message))
    assert told == "gold_billing.fct_usage_daily has not been built: lakeledger run."


def test_anything_else_keeps_its_first_line() -> None:
    told = refusal_of(RequestError("Connection refused\nand more"))
    assert told == "The warehouse did not answer: Connection refused"
