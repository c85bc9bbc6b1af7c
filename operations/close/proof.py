"""What shows that a close holds: sealed rows hashed again, bills made again."""

from collections.abc import Sequence

from operations.close.desk import Desk
from operations.close.model import PeriodState
from operations.close.periods import CloseRefused
from operations.close.reader import sealed_contents, seals
from operations.close.replay import Replayed
from operations.dbt import PROJECT
from warehouse.provenance import git_revision


def verify_seals(desk: Desk, states: Sequence[PeriodState]) -> None:
    """Says of each closed period of the desk's book whether its rows are those that were sealed.

    Raises:
        CloseRefused: if rows of any are not.
    """
    contents, differing = sealed_contents(desk.cursor, desk.book)
    sealed = seals(desk.cursor, desk.book)
    wrong = []
    for state in states:
        made, now = sealed[state.key], contents.get(state.key)
        if now == made.content and state.key not in differing:
            desk.console.print(
                f"{state.key} is closed, by {made.sealed_by} on {made.sealed_at:%Y-%m-%d}:"
                f" {made.content.row_count:,} rows, the same hash {made.content.rows_hash}.",
                markup=False,
                soft_wrap=True,
            )
        else:
            count = differing.get(state.key, 0)
            rows = "1 row differs" if count == 1 else f"{count:,} rows differ"
            wrong.append(f"{state.key} ({rows} from the hash beside it)")
    if wrong:
        raise CloseRefused(
            f"Sealed rows are not what was sealed: {', '.join(wrong)}. Find the write in"
            f" `describe history {desk.book.ledger_rows}`, then restore the table to the version"
            " before."
        )


def told(again: Replayed) -> str:
    """What came of making a bill again, in a sentence."""
    sealed, says = again.seal, "the same" if again.is_same else "DIFFERENT"
    return (
        f"{sealed.key}: {says}. Sealed rows {sealed.content.rows_hash}, replayed"
        f" {again.content.rows_hash}; records {sealed.records_hash}, replayed"
        f" {again.records_hash}; sealed by revision {sealed.git_revision}, replayed by"
        f" {git_revision(PROJECT)}."
    )
