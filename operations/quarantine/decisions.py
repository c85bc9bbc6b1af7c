"""What is decided on rejected rows. Each step can be repeated: it ends in the same rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from operations.quarantine.sources import QuarantinedSource, QuarantineRefused
from operations.queries import Cursor, rows

# What bronze says of the row itself: it would be rejected again.
HOPELESS = ("invalid_utf8", "no_value", "unreadable_file")
_KEY = ("source", "source_file", "ingest_batch", "line_hash")
_OPEN = f"""(
    select * from silver.quarantine
    left anti join silver.quarantine_decisions using ({", ".join(_KEY)})
) as open_rows"""
# Which rows were meant, whatever their order.
_IDENTITY = "hex(bit_xor(xxhash64(source_file, ingest_batch, line_hash)))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """Open rows of one source and reason, and when the newest came (UTC)."""

    source: str
    reason: str
    rows: int
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The open rows that a decision is about; without a reason, all of the source."""

    source: QuarantinedSource
    reason: str | None = None

    @property
    def where(self) -> str:
        """The condition, over parameters()."""
        return "source = :source" + (
            "" if self.reason is None else " and quarantine_reason = :reason"
        )

    def parameters(self, **more: str) -> dict[str, str]:
        """Values of the condition, and others."""
        reason = {} if self.reason is None else {"reason": self.reason}
        return {"source": self.source.name} | reason | more

    def __str__(self) -> str:
        return f"{self.source.name}{'' if self.reason is None else f', {self.reason}'}"


def open_rows(cursor: Cursor) -> tuple[Rejected, ...]:
    """Everything that nobody has decided on, by source, most rows first."""
    found = rows(
        cursor,
        f"""select source, quarantine_reason, count(*), max(ingested_at)
        from {_OPEN} group by all order by 1, 3 desc, 2""",
    )
    return tuple(
        Rejected(source=row[0], reason=row[1], rows=int(row[2]), last_at=row[3]) for row in found
    )


def waiting(cursor: Cursor, choice: Choice) -> int:
    """How many rows a decision would be about now."""
    return _counted(cursor, choice)[0]


def examples(cursor: Cursor, choice: Choice, most: int) -> Sequence[Sequence[Any]]:
    """(line as it came, region, file, when it reached bronze) of the newest open rows."""
    return rows(
        cursor,
        f"""select left(raw, 2000), region, source_file, ingested_at from {_OPEN}
        where {choice.where} order by ingested_at desc, line_hash limit {int(most)}""",
        **choice.parameters(),
    )


def refuse_hopeless(choice: Choice) -> None:
    """Raises where judging the rows again cannot help.

    Raises:
        QuarantineRefused: saying what to do instead.
    """
    if choice.source.is_whole:
        raise QuarantineRefused(
            f"Files of {choice.source.name} are delivered whole, the newest holds: have the file"
            " delivered again instead."
        )
    if choice.reason in HOPELESS:
        raise QuarantineRefused(
            f"{choice.reason} says how the row landed, no rule can accept it: have it delivered"
            " again, then dismiss it."
        )


def requeue(cursor: Cursor, choice: Choice, by: str, why: str) -> int:
    """Puts the rows at the end of bronze once more, to be judged by the rules as they are now.

    Returns their number. The copy first, then the decision: what is repeated after a crash in
    between is a duplicate, which silver takes for one.

    Raises:
        QuarantineRefused: if there are none, or if judging them again cannot help.
    """
    refuse_hopeless(choice)
    count, identity = _met(cursor, choice)
    batch = f"requeue-{identity.lower()}:0"
    cursor.execute(
        f"""insert into {choice.source.bronze} by name
        select raw, region, source_file, file_modified_at, current_timestamp() as ingested_at,
            :batch as ingest_batch, line_hash, rescue_reason
        from {choice.source.bronze} as landed
        left semi join (select * from {_OPEN} where {choice.where}) as chosen
            using (source_file, ingest_batch, line_hash)
        where not exists (select 1 from {choice.source.bronze} where ingest_batch = :batch)
        qualify row_number() over (
            partition by source_file, ingest_batch, line_hash order by region
        ) = 1""",
        choice.parameters(batch=batch),
    )
    _decide(cursor, choice, "requeued", by, why)
    return count


def dismiss(cursor: Cursor, choice: Choice, by: str, why: str) -> int:
    """Settles rows that need not be taken; returns their number.

    Raises:
        QuarantineRefused: if there are none, or no reason is given.
    """
    if not why.strip():
        raise QuarantineRefused("--why needs words: they are what an auditor will read.")
    count, _ = _met(cursor, choice)
    _decide(cursor, choice, "dismissed", by, why)
    return count


def expire(cursor: Cursor, source: QuarantinedSource) -> int:
    """Deletes rows older than their source's retention; rows of money only once decided on.

    Returns how many were deleted.
    """
    relation = "silver.quarantine" + (
        f" left semi join silver.quarantine_decisions using ({', '.join(_KEY)})"
        if source.is_billing
        else ""
    )
    expired = f"""select {", ".join(_KEY)} from {relation} where source = :source
        and ingested_at < current_timestamp() - interval {source.retention_days} days"""
    parameters = {"source": source.name}
    count = int(rows(cursor, f"select count(*) from ({expired})", **parameters)[0][0])
    if count:
        same = " and ".join(f"kept.{name} = expired.{name}" for name in _KEY)
        cursor.execute(
            f"""merge into silver.quarantine as kept using ({expired} group by all) as expired
            on {same} when matched then delete""",
            parameters,
        )
    return count


def _met(cursor: Cursor, choice: Choice) -> tuple[int, str]:
    count, identity = _counted(cursor, choice)
    if not count:
        raise QuarantineRefused(
            f"Nothing open in the quarantine: {choice}. lakeledger quarantine list."
        )
    return count, identity


def _counted(cursor: Cursor, choice: Choice) -> tuple[int, str]:
    asked = f"select count(*), {_IDENTITY} from {_OPEN} where {choice.where}"
    count, identity = rows(cursor, asked, **choice.parameters())[0]
    return int(count), str(identity)


def _decide(cursor: Cursor, choice: Choice, decision: str, by: str, why: str) -> None:
    cursor.execute(
        f"""insert into silver.quarantine_decisions by name
        select {", ".join(_KEY)}, quarantine_reason, :decision as decision, :by as decided_by,
            :why as why, current_timestamp() as decided_at
        from {_OPEN} where {choice.where}""",
        choice.parameters(decision=decision, by=by, why=why),
    )
