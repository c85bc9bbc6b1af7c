"""The only writer of the ledger. Each statement can be repeated: it ends in the same rows.

Rows carry the identity of their seal, which follows from their content. They count once the seal
stands in period_seals, and not before: that one merge is the commit.
"""

import json
from hashlib import sha256

from operations.close.hashing import canonical_row
from operations.close.inputs import UNBILLED
from operations.close.model import Content, Event, Key, Seal
from operations.close.reader import bill_columns, contents_of
from operations.queries import Cursor, literal

_SEAL_ONCE = """merge into ledger.period_seals as kept
    using (select :seal_id as seal_id, :account as account_id, :period as billing_period,
        cast(:sealed_at as timestamp) as sealed_at, :sealed_by as sealed_by,
        from_json(:approved_by, 'array<string>') as approved_by,
        cast(:row_count as bigint) as row_count, cast(:record_count as bigint) as record_count,
        cast(:usage_quantity as decimal(38, 24)) as usage_quantity,
        cast(:list_cost as decimal(38, 18)) as list_cost,
        cast(:billed_cost as decimal(38, 18)) as billed_cost,
        :rows_hash as rows_hash, :records_hash as records_hash,
        from_json(:input_versions, 'map<string,bigint>') as input_versions,
        :price_version as price_version, :git_revision as git_revision,
        cast(:read_through_at as timestamp) as read_through_at) as arrived
    on kept.account_id = arrived.account_id and kept.billing_period = arrived.billing_period
    when not matched then insert *"""


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
        """merge into ledger.period_events as kept
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
    columns = bill_columns(cursor)
    billed = ", ".join(name for name in columns if name not in ("seal_id", "row_hash"))
    rows_of_seal = f"billing_period = {literal(str(key.period))} and seal_id = {literal(identity)}"
    cursor.execute(
        f"""insert into ledger.sealed_usage by name replace where {rows_of_seal}
        select {literal(identity)} as seal_id, {billed}, {canonical_row(columns)} as row_hash
        from {UNBILLED} where account_id = :account and billing_period = :period""",
        {"account": key.account, "period": str(key.period)},
    )
    written = contents_of(cursor, f"(select * from ledger.sealed_usage where {rows_of_seal})")
    return written.get(key, Content())


def commit_seal(cursor: Cursor, seal: Seal) -> None:
    """Closes the period, unless it has a seal."""
    content = seal.content
    cursor.execute(
        _SEAL_ONCE,
        {
            "seal_id": seal.seal_id,
            "account": seal.key.account,
            "period": str(seal.key.period),
            "sealed_at": seal.sealed_at.isoformat(),
            "sealed_by": seal.sealed_by,
            "approved_by": json.dumps(seal.approved_by),
            "row_count": content.row_count,
            "record_count": content.record_count,
            "usage_quantity": str(content.usage_quantity),
            "list_cost": str(content.list_cost),
            "billed_cost": str(content.billed_cost),
            "rows_hash": content.rows_hash,
            "records_hash": seal.records_hash,
            "input_versions": json.dumps(dict(seal.input_versions)),
            "price_version": seal.price_version,
            "git_revision": seal.git_revision,
            "read_through_at": seal.read_through_at.isoformat(),
        },
    )


def drop_unsealed_rows(cursor: Cursor, seal: Seal) -> None:
    """Removes what closes that did not come to their end left of a period that is closed."""
    cursor.execute(
        "delete from ledger.sealed_usage"
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
