"""Mails about flagged customers, from tables to a real mail server."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from operations.fraud import ledger
from operations.fraud.run import Outcome, send_due
from operations.fraud.selection import Limits
from operations.mail.errors import SmtpFailed
from operations.mail.smtp import SmtpConfig
from operations.queries import Cursor
from tests.inbox import Inbox, serving
from tests.lakehouse_fixtures import Lakehouse

ALERTS = "gold_operational.ops_fraud_alerts"
FLAGGED = "gold_operational.ops_flagged_customers"
ALWAYS = Limits(quiet=timedelta(0))


@pytest.fixture
def cursor(lakehouse: Lakehouse) -> Iterator[Cursor]:
    with closing(lakehouse.connection.connect()) as connection:
        cursor = connection.cursor()
        cursor.execute("create schema if not exists gold_operational")
        cursor.execute(
            f"""create table {ALERTS} (user_id string, order_id string, order_at timestamp,
            amount decimal(24, 2), score decimal(5, 4), severity string,
            reasons array<struct<rule: string, evidence: string>>) using delta"""
        )
        cursor.execute(
            f"""create view {FLAGGED} as
            select user_id, max(score) as score, count(*) as alert_count,
                sum(amount) as amount_at_stake
            from {ALERTS} group by user_id"""
        )
        yield cursor
        cursor.execute("drop schema gold_operational cascade")
        cursor.execute(f"drop table if exists {ledger.TABLE}")


def customers(inbox: Inbox) -> list[str]:
    """Who each mail is about."""
    return [mail["Subject"].split("customer ")[1].split(",")[0] for mail in inbox.mails]


def flag(cursor: Cursor, user_id: str, order_id: str, score: float = 0.7) -> None:
    cursor.execute(
        f"""insert into {ALERTS} values (:user_id, :order_id, timestamp'2026-01-09 10:00:00', 12.50,
        {score}, 'medium', array(struct('velocity', '8 orders')))""",
        {"user_id": user_id, "order_id": order_id},
    )


def run(cursor: Cursor, config: SmtpConfig, limits: Limits = ALWAYS) -> Outcome:
    outcome = Outcome()
    send_due(cursor, config, limits, "run-1", outcome)
    return outcome


def test_each_customer_once_and_again_for_new_orders_only(cursor: Cursor) -> None:
    inbox = Inbox()
    with serving(inbox) as config:
        flag(cursor, "1001", "o-1")
        flag(cursor, "1001", "o-2")
        flag(cursor, "o'hara\\", "o-3", 0.9)
        assert run(cursor, config).sent == 2
        assert customers(inbox) == ["o'hara\\", "1001"]
        assert run(cursor, config).sent == 0
        flag(cursor, "1001", "o-4")
        held = run(cursor, config, Limits())
        assert (held.sent, held.quiet) == (0, 1)
        assert run(cursor, config).sent == 1
        text = inbox.mails[-1].get_body(("plain",))
        assert text is not None
        assert "o-4" in text.get_content()
        assert "o-1" not in text.get_content()


def test_what_is_over_the_limit_waits_and_is_counted(cursor: Cursor) -> None:
    inbox = Inbox()
    with serving(inbox) as config:
        for number in range(3):
            flag(cursor, f"100{number}", f"o-{number}")
        outcome = run(cursor, config, Limits(per_hour=2))
        assert (outcome.sent, outcome.waiting) == (2, 1)
        assert "for a later run: 1 customers" in inbox.mails[0].as_string()
        assert run(cursor, config, Limits(per_hour=2)).waiting == 1
        assert run(cursor, config, Limits(per_hour=3)).sent == 1
        assert sorted(customers(inbox)) == ["1000", "1001", "1002"]


def test_a_server_that_is_down_loses_nothing(cursor: Cursor) -> None:
    inbox = Inbox()
    flag(cursor, "1001", "o-1")
    with serving(inbox) as config:
        pass
    with pytest.raises(SmtpFailed, match="cannot be reached"):
        run(cursor, config)
    with serving(inbox) as config:
        inbox.answer = "451 later"
        flag(cursor, "1002", "o-2", 0.9)
        with pytest.raises(SmtpFailed, match="did not take a mail"):
            run(cursor, config)
        inbox.answer = "250 OK"
        outcome = run(cursor, config)
    assert (outcome.sent, outcome.repeated) == (2, 0)
    assert customers(inbox) == ["1002", "1001"]


def test_a_run_that_was_cut_off_is_repeated_and_says_so(cursor: Cursor) -> None:
    inbox = Inbox()
    flag(cursor, "1001", "o-1")
    ledger.prepare(cursor)
    (customer,), _ = ledger.untold(cursor)
    begun = ledger.Mail(customer=customer)
    ledger.record(cursor, begun, "sending", datetime.now(UTC), "run-0")
    with serving(inbox) as config:
        outcome = run(cursor, config, Limits())
        assert (outcome.sent, outcome.repeated) == (1, 1)
        assert run(cursor, config).sent == 0
    assert inbox.mails[0]["Message-ID"] == f"<{begun.mail_id}@example.com>"
    assert "may have come before" in inbox.mails[0].as_string().replace("=\n", "")
