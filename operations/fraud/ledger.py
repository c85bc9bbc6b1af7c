"""The ledger of mails: a Delta table that rows are only added to, `operations.fraud_mails`.

Each mail is written down as `sending` before it is handed to the mail server, and as `sent` after,
or as `failed` if the server refused it. A mail that is `sending` only was cut off in between: it
may have left.
"""

import json
from collections import defaultdict
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal

from operations.fraud.model import Alert, Customer, Mail
from operations.queries import Cursor, rows, utc

TABLE = "operations.fraud_mails"
COLUMNS = {
    "mail_id": "string",
    "status": "string",
    "user_id": "string",
    "order_ids": "array<string>",
    "recorded_at": "timestamp",
    "run_id": "string",
}
# How each mail stands: its newest row holds.
_STATES = f"""(
    select * from {TABLE}
    qualify row_number() over (
        partition by mail_id order by recorded_at desc, status <> 'sending' desc
    ) = 1
) as states"""
_CUSTOMERS = f"""
with told as (
    select distinct explode(order_ids) as order_id from {_STATES} where status = 'sent'
),
begun as (
    select order_id, max(mail_id) as mail_id
    from (select mail_id, explode(order_ids) as order_id from {_STATES} where status = 'sending')
    group by order_id
),
mailed as (
    select user_id, max(recorded_at) as last_mail_at
    from {_STATES} where status = 'sent' group by user_id
)
select
    alerts.user_id, flagged.score, flagged.alert_count, flagged.amount_at_stake,
    mailed.last_mail_at, begun.mail_id, alerts.order_id, alerts.order_at, alerts.amount,
    alerts.score as alert_score, alerts.severity, to_json(alerts.reasons) as reasons
from gold_operational.ops_fraud_alerts as alerts
inner join gold_operational.ops_flagged_customers as flagged using (user_id)
left anti join told using (order_id)
left join begun using (order_id)
left join mailed using (user_id)
order by alerts.user_id, alerts.order_at, alerts.order_id"""


def prepare(cursor: Cursor) -> None:
    """The table is there."""
    listed = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    with suppress(Exception):  # whoever may not make schemas finds the one that was made for them
        cursor.execute(f"create schema if not exists {TABLE.split('.')[0]}")
    cursor.execute(f"create table if not exists {TABLE} ({listed}) using delta")


def record(cursor: Cursor, mail: Mail, status: str, now: datetime, run_id: str) -> None:
    """Writes down how a mail stands: `sending`, `sent` or `failed`."""
    cursor.execute(
        f"""insert into {TABLE} ({", ".join(COLUMNS)})
        values (:mail_id, :status, :user_id, from_json(:order_ids, 'array<string>'),
            cast(:recorded_at as timestamp), :run_id)""",
        {
            "mail_id": mail.mail_id,
            "status": status,
            "user_id": mail.customer.user_id,
            "order_ids": json.dumps(mail.order_ids),
            "recorded_at": now.isoformat(),
            "run_id": run_id,
        },
    )


def sent_lately(cursor: Cursor, now: datetime) -> int:
    """Mails that left within the last hour, or may have."""
    asked = f"""select count(*) from {_STATES}
        where status <> 'failed' and recorded_at > cast(:since as timestamp)"""
    since = now - timedelta(hours=1)
    return int(rows(cursor, asked, since=since.isoformat())[0][0])


def untold(cursor: Cursor) -> tuple[list[Customer], list[Mail]]:
    """Customers with alerts that no mail has told, and mails that were begun and not ended."""
    customers: dict[str, list[tuple[object, ...]]] = defaultdict(list)
    begun: dict[str, list[tuple[object, ...]]] = defaultdict(list)
    for row in rows(cursor, _CUSTOMERS):
        grouped, key = (begun, row[5]) if row[5] is not None else (customers, row[0])
        grouped[str(key)].append(tuple(row))
    mails = [Mail(customer=_customer(found), repeated=True) for found in begun.values()]
    return [_customer(found) for found in customers.values()], mails


def _customer(found: list[tuple[object, ...]]) -> Customer:
    user_id, score, count, stake, last_mail_at = found[0][:5]
    return Customer(
        user_id=str(user_id),
        score=Decimal(str(score)),
        alert_count=int(str(count)),
        amount_at_stake=Decimal(str(stake)),
        last_mail_at=utc(last_mail_at) if isinstance(last_mail_at, datetime) else None,
        alerts=tuple(_alert(row[6:]) for row in found),
    )


def _alert(row: tuple[object, ...]) -> Alert:
    order_id, order_at, amount, score, severity, reasons = row
    assert isinstance(order_at, datetime)
    return Alert(
        order_id=str(order_id),
        order_at=utc(order_at),
        amount=Decimal(str(amount)),
        score=Decimal(str(score)),
        severity=str(severity),
        reasons=tuple((one["rule"], one["evidence"]) for one in json.loads(str(reasons))),
    )
