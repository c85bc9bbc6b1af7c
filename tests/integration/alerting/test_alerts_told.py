"""Alerts from tables to a real mail server and a real web hook: once each, also after a death."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from operations.alerting import run, store
from operations.alerting.acknowledge import acknowledge
from operations.alerting.channels import Channel, Mail, pages
from operations.alerting.errors import NotTold, PipelineStopped
from operations.alerting.fold import fold
from operations.alerting.gate import check_gate
from operations.alerting.model import Event, Kind, Severity, alert_id_of
from operations.alerting.rules import load_rules
from operations.alerting.run import Outcome, check, tell
from operations.mail.smtp import SmtpConfig
from operations.queries import Cursor
from tests.inbox import Inbox, serving
from tests.integration.alerting.tables import insert, make, make_events
from tests.lakehouse_fixtures import Lakehouse

FRESHNESS, QUALITY = "gold_operational.ops_freshness", "gold_operational.ops_layer_quality"
CHURN = "gold_operational.ops_churn_predictions"
RULES = [one for one in load_rules() if one.name in ("stale-data", "quality", "churn")]
HOUR = timedelta(hours=1)
# Microseconds and a zone, as clocks have them.
LANDED = datetime(2026, 1, 9, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture(scope="module")
def home(lakehouse: Lakehouse) -> Iterator[Cursor]:
    """The tables, made once."""
    with closing(lakehouse.connection.connect()) as connection:
        cursor = connection.cursor()
        make_events(cursor)
        make(cursor, FRESHNESS)
        make(cursor, QUALITY)
        for source, region in (("audit_logs", "r1"), ("billing_usage", "global")):
            land(cursor, source, region)
        insert(cursor, FRESHNESS, source_name="list_prices", region="global", layer="gold",
               relation_name="t", newest_reached_at=LANDED - 1000 * HOUR)  # fmt: skip
        yield cursor
        cursor.execute("drop schema gold_operational cascade")
        cursor.execute(f"drop table {store.TABLE}")


@pytest.fixture
def cursor(home: Cursor) -> Cursor:
    """A home with two sources and a good layer, and no alert; of shops nothing has landed."""
    home.execute(f"delete from {store.TABLE}")
    home.execute(f"update {FRESHNESS} set newest_reached_at = newest_landed_at"
                 " where newest_landed_at is not null")  # fmt: skip
    measure(home, 96.5)
    return home


def land(cursor: Cursor, source: str, region: str) -> None:
    insert(
        cursor, FRESHNESS, source_name=source, region=region, layer="gold",
        relation_name=f"gold_operational.of_{source}", newest_landed_at=LANDED,
        newest_reached_at=LANDED, lag_seconds=1, waiting_count=0, slo_seconds=900,
    )  # fmt: skip


def measure(cursor: Cursor, score: float) -> None:
    cursor.execute(f"delete from {QUALITY}")
    insert(
        cursor, QUALITY, measured_date="2026-01-09", layer="silver", domain="platform",
        table_count=7, score=score, worst_table="silver.o'hara", worst_table_score=score - 1,
    )  # fmt: skip


def checked(cursor: Cursor, now: datetime, *channels: Channel) -> Outcome:
    """A whole check at that time."""
    outcome = check(cursor, RULES, now, "run-1")
    tell(cursor, RULES, channels, 12, "run-1", outcome)
    return outcome


def mail(config: SmtpConfig) -> Mail:
    return Mail(config)


def subjects(inbox: Inbox) -> list[str]:
    return [one["Subject"] for one in inbox.mails]


def kinds(outcome: Outcome) -> list[tuple[str, Kind]]:
    return [(event.subject, event.kind) for event in outcome.events]


def test_an_alert_is_told_when_it_opens_is_worse_and_ends_and_not_in_between(
    cursor: Cursor,
) -> None:
    inbox = Inbox()
    with serving(inbox) as config:
        first = checked(cursor, LANDED + 24 * HOUR, mail(config))
        assert (first.events, first.sent) == ((), 0)
        assert first.answered.unwatched == {"churn": CHURN}
        assert first.answered.failed == {}
        opened = checked(cursor, LANDED + 25 * HOUR, mail(config))
        assert kinds(opened) == [("audit_logs r1", Kind.opened), ("billing_usage", Kind.opened)]
        assert checked(cursor, LANDED + 25.1 * HOUR, mail(config)).sent == 0
        cursor.execute(f"update {FRESHNESS} set newest_reached_at = newest_reached_at"
                       " + interval 2 days where source_name = 'billing_usage'")  # fmt: skip
        checked(cursor, LANDED + 49 * HOUR, mail(config))
    assert subjects(inbox) == ["lakeledger: 2 MEDIUM", "lakeledger: 1 HIGH; 1 resolved"]
    text = inbox.mails[0].get_body(("plain",))
    assert text is not None
    assert "audit_logs r1: 25 hours" in text.get_content()
    assert len({one["Message-ID"] for one in inbox.mails}) == 2


def test_a_run_that_dies_after_handing_over_repeats_the_same_message(
    cursor: Cursor, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox, append = Inbox(), store.append

    def dies(cursor: Cursor, events: Sequence[Event]) -> None:
        if any(event.kind is Kind.sent for event in events):
            raise KeyboardInterrupt
        append(cursor, events)

    with serving(inbox) as config:
        monkeypatch.setattr(run.store, "append", dies)
        with pytest.raises(KeyboardInterrupt):
            checked(cursor, LANDED + 25 * HOUR, mail(config))
        monkeypatch.setattr(run.store, "append", append)
        measure(cursor, 84)
        again = checked(cursor, LANDED + 26 * HOUR, mail(config))
        assert (again.sent, again.repeated) == (2, 1)
        assert checked(cursor, LANDED + 26 * HOUR, mail(config)).sent == 0
    first, repeated, new = inbox.mails
    assert first["Message-ID"] == repeated["Message-ID"] != new["Message-ID"]
    assert new["Subject"] == "lakeledger: 1 HIGH: quality silver platform"
    said = [one.get_body(("plain",)) for one in inbox.mails]
    assert ["may have come before" in one.get_content() for one in said if one] == [
        False, True, False,
    ]  # fmt: skip


def test_a_server_that_is_down_loses_nothing_and_keeps_no_other_channel(cursor: Cursor) -> None:
    inbox, hooks = Inbox(), Hooks()
    measure(cursor, 60)
    with serving(inbox) as gone:
        pass
    with listening(hooks) as url:
        (page,) = pages(url)
        with pytest.raises(NotTold, match="cannot be reached"):
            checked(cursor, LANDED, mail(gone), page)
        assert [one["title"] for one in hooks.taken] == [
            "lakeledger: 1 CRITICAL: quality silver platform"
        ]
        with serving(inbox) as config:
            checked(cursor, LANDED, mail(config), page)
            checked(cursor, LANDED, mail(config), page)
    assert subjects(inbox) == ["lakeledger: 1 CRITICAL: quality silver platform"]
    assert len(hooks.taken) == 1
    assert "silver.o'hara" in hooks.taken[0]["message"]


def test_critical_quality_shuts_the_gate_until_somebody_answers(cursor: Cursor) -> None:
    check_gate(cursor, LANDED)
    measure(cursor, 69.99)
    with pytest.raises(PipelineStopped, match=r"quality of silver platform is 69\.99 of 100"):
        check_gate(cursor, LANDED)
    check(cursor, RULES, LANDED, "run-1")
    alert_id = alert_id_of("quality", "silver platform")
    answered = acknowledge(cursor, alert_id[:4], "o'hara\\", "the month's end", "run-2")
    assert answered.severity is Severity.CRITICAL
    check_gate(cursor, LANDED)
    (alert,) = fold(store.read(cursor)).open.values()
    assert alert.acknowledged is not None
    assert (alert.acknowledged.actor, alert.acknowledged.detail) == ("o'hara\\", "the month's end")
    measure(cursor, 99)
    assert kinds(check(cursor, RULES, LANDED, "run-3")) == [("silver platform", Kind.resolved)]
    measure(cursor, 50)
    with pytest.raises(PipelineStopped):
        check_gate(cursor, LANDED)


def test_what_is_written_is_read_again_as_it_was(cursor: Cursor) -> None:
    outcome = check(cursor, RULES, LANDED + 49 * HOUR, "run-1")
    found = store.read(cursor)
    assert sorted(found, key=lambda event: event.position) == list(outcome.events)
    assert len(found) == 2


class Hooks:
    """What a web hook was given."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []


@contextmanager
def listening(hooks: Hooks) -> Iterator[str]:
    """The address, as apprise takes it, of a web hook on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hooks.taken.append(json.loads(body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"json://127.0.0.1:{server.server_port}/hook"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
