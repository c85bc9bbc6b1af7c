"""The only writer of the ledger. Each statement can be repeated: it ends in the same rows.

Rows carry the identity of their seal, which follows from their content. They count once the seal
stands in the book's seals, and not before: that one merge is the commit.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from operations.close.hashing import canonical_row
from operations.close.model import Content, Event, Key, Seal
from operations.close.reader import bill_columns, contents_of
from operations.queries import Cursor, literal

_COMMON = {
    "seal_id": ":seal_id",
    "account_id": ":account",
    "billing_period": ":period",
    "sealed_at": "cast(:sealed_at as timestamp)",
    "sealed_by": ":sealed_by",
    "approved_by": "from_json(:approved_by, 'array<string>')",
    "row_count": "cast(:row_count as bigint)",
    "rows_hash": ":rows_hash",
    "records_hash": ":records_hash",
    "input_versions": "from_json(:input_versions, 'map<string,bigint>')",
    "git_revision": ":git_revision",
    "read_through_at": "cast(:read_through_at as timestamp)",
}


def seal_id(key: Key, content: Content) -> str:
    """Identity of a seal: another content is another seal."""
    named = json.dumps([key.account, str(key.period), content.rows_hash])
    return sha256(named.encode()).hexdigest()[:32]


def write_event(cursor: Cursor, event: Event, revision: str) -> None:
    """Adds an event; the same event again adds nothing."""
    text = json.dumps(
        [event.key.account, str(event.key.period), event.kind, event.actor, event.subject]
        + ([] if event.kind == "closed" else [event.occurred_at.isoformat()])
    )
    cursor.execute(
        f"""merge into {event.key.book.ledger_events} as kept
        using (select :event_id as event_id, :account as account_id, :period as billing_period,
            :event as event, :actor as actor, cast(:reason as string) as reason,
            cast(:subject as string) as subject, :revision as git_revision,
            cast(:occurred_at as timestamp) as occurred_at) as arrived
        on kept.event_id = arrived.event_id
        when not matched then insert *""",
        {
            "event_id": sha256(text.encode()).hexdigest()[:32],
            "account": event.key.account,
            "period": str(event.key.period),
            "event": event.kind,
            "actor": event.actor,
            "reason": event.reason,
            "subject": event.subject,
            "revision": revision,
            "occurred_at": event.occurred_at.isoformat(),
        },
    )


def write_rows(cursor: Cursor, key: Key, identity: str) -> Content:
    """Puts the rows of a period's bill down for the seal `identity`; returns what stands there."""
    book = key.book
    columns = bill_columns(cursor, book)
    billed = ", ".join(name for name in columns if name not in ("seal_id", "row_hash"))
    rows_of_seal = f"billing_period = {literal(str(key.period))} and seal_id = {literal(identity)}"
    cursor.execute(
        f"""insert into {book.ledger_rows} by name replace where {rows_of_seal}
        select {literal(identity)} as seal_id, {billed}, {canonical_row(columns)} as row_hash
        from {book.bill} where account_id = :account and billing_period = :period""",
        {"account": key.account, "period": str(key.period)},
    )
    kept = f"(select * from {book.ledger_rows} where {rows_of_seal})"
    written = contents_of(cursor, kept, book)
    return written.get(key, Content())


def commit_seal(cursor: Cursor, seal: Seal) -> None:
    """Closes the period, unless it has a seal."""
    book = seal.key.book
    columns = _COMMON | {
        total.column: f"cast(:{total.figure} as {total.type})" for total in book.totals
    }
    if book.is_priced:
        columns["price_version"] = ":price_version"
    named = ", ".join(f"{value} as {column}" for column, value in columns.items())
    cursor.execute(
        f"""merge into {book.ledger_seals} as kept using (select {named}) as arrived
        on kept.account_id = arrived.account_id and kept.billing_period = arrived.billing_period
        when not matched then insert *""",
        _values(seal),
    )


def _values(seal: Seal) -> Mapping[str, Any]:
    book, content = seal.key.book, seal.content
    priced = {"price_version": seal.price_version} if book.is_priced else {}
    return {
        "seal_id": seal.seal_id,
        "account": seal.key.account,
        "period": str(seal.key.period),
        "sealed_at": seal.sealed_at.isoformat(),
        "sealed_by": seal.sealed_by,
        "approved_by": json.dumps(seal.approved_by),
        "row_count": content.row_count,
        "rows_hash": content.rows_hash,
        "records_hash": seal.records_hash,
        "input_versions": json.dumps(dict(seal.input_versions)),
        "git_revision": seal.git_revision,
        "read_through_at": seal.read_through_at.isoformat(),
        **{total.figure: str(getattr(content, total.figure)) for total in book.totals},
        **priced,
    }


def drop_unsealed_rows(cursor: Cursor, seal: Seal) -> None:
    """Removes what closes that did not come to their end left of a period that is closed."""
    cursor.execute(
        f"delete from {seal.key.book.ledger_rows}"
        f" where billing_period = {literal(str(seal.key.period))}"
        f" and account_id = {literal(seal.key.account)} and seal_id <> {literal(seal.seal_id)}"
    )


def closed_event(seal: Seal) -> Event:
    """The event that tells of a seal."""
    return Event(
        key=seal.key,
        kind="closed",
        actor=seal.sealed_by,
        occurred_at=seal.sealed_at,
        subject=seal.seal_id,
    )
