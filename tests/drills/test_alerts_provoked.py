"""Every alert: provoked by the commands of its page, told once at a mail server, and over."""

import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from operations.alerting import store
from operations.alerting.fold import fold
from operations.alerting.model import Alert, alert_id_of
from operations.alerting.rules import Rule, load_rules
from operations.dbt import PROJECT
from operations.queries import Cursor
from tests.drills.runbook import Said, run_block
from tests.inbox import Inbox, serving
from tests.integration.alerting.tables import insert, make, make_events
from tests.lakehouse_fixtures import Lakehouse
from tests.shell_blocks import shell_blocks
from warehouse.run_state import RunState

RULES = load_rules()
ANOMALIES = {"ops_volume_anomalies": "landed_date", "ops_order_anomalies": "order_date",
             "ops_sales_anomalies": "order_date"}  # fmt: skip
NOW = datetime.now(UTC)
TODAY, MONTH = f"{NOW:%Y-%m-%d}", f"{NOW:%Y-%m}"


class Home:
    """A practice home: small tables of the marts, a mail server, and a shell."""

    def __init__(self, lakehouse: Lakehouse, cursor: Cursor, inbox: Inbox) -> None:
        self.lakehouse, self.cursor, self.inbox = lakehouse, cursor, inbox

    def run(self, commands: str) -> Said:
        ended = run_block(
            commands,
            {
                "LAKELEDGER_HOME": str(self.lakehouse.root),
                "LAKELEDGER_CACHE": os.environ.get("LAKELEDGER_CACHE", ""),
                "LAKELEDGER_ALERT_LIMIT": "1000",
            },
        )
        assert ended.code == 0, f"{commands}\n{ended.output}"
        assert "Traceback" not in ended.output
        assert "could not be asked" not in ended.output
        return ended

    def open_of(self, rule: Rule) -> list[Alert]:
        state = fold(store.read(self.cursor))
        return [alert for alert in state.open.values() if alert.rule == rule.name]

    def mails_about(self, alert_id: str, since: int = 0) -> list[str]:
        """The text of each mail that names an alert, from one of them on."""
        return [text for text in map(plain, self.inbox.mails[since:]) if f"[{alert_id}]" in text]


def plain(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    text = part.get_content()
    assert isinstance(text, str)
    return text


def commands_of(name: str) -> tuple[str, str]:
    """The block that provokes an alert, and the one that ends it."""
    page = (PROJECT / "docs" / "alerts.md").read_text(encoding="utf-8")
    section = page.split(f"\n## {name}\n")[1].split("\n## ")[0]
    provoke, end = shell_blocks(section)
    return provoke, end


@pytest.fixture(scope="module")
def home(lakehouse: Lakehouse) -> Iterator[Home]:
    """All is well in it: one source, one layer, one shop, one job, one account."""
    state, inbox = RunState(lakehouse.root), Inbox()
    landing = lakehouse.root / "landing" / "platform" / "audit_logs" / "region=r1"
    landing.mkdir(parents=True)
    file = landing / "one.json"
    file.write_text('{"version": "2.0", "requestId": "one"}\n')
    # A file that is still being written would be waited for.
    os.utime(file, (NOW.timestamp() - 60,) * 2)
    with (
        closing(lakehouse.connection.connect()) as connection,
        serving(inbox) as config,
        state.owned(),
    ):
        state.write(lakehouse.connection)
        (lakehouse.root / "smtp.properties").write_text(
            f"host={config.host}\nport={config.port}\nfrom=a@example.com\nto=b@example.com\n"
        )
        cursor = connection.cursor()
        make_events(cursor)
        fill(cursor)
        yield Home(lakehouse, cursor, inbox)
    for schema in ("gold_operational", "gold_billing", "bronze_platform", "operations"):
        lakehouse.spark.sql(f"drop schema if exists {schema} cascade")
    for folder in ("landing", "checkpoints", "external/bronze_platform", "external/operations"):
        shutil.rmtree(lakehouse.root / folder, ignore_errors=True)


def fill(cursor: Cursor) -> None:
    """A row or two in each table that is asked."""

    def row(table: str, **values: object) -> None:
        make(cursor, table)
        insert(cursor, table, **values)

    gold, account = "gold_operational.", {"account_id": "a1", "billing_period": MONTH}
    row(gold + "ops_freshness", source_name="audit_logs", region="r1", layer="gold",
        relation_name="gold_operational.ops_security_events", newest_landed_at=NOW,
        newest_reached_at=NOW, lag_seconds=1, waiting_count=0, slo_seconds=900)  # fmt: skip
    row(gold + "ops_layer_quality", measured_date=TODAY, layer="silver", domain="platform",
        table_count=1, score=96, worst_table="silver.t", worst_table_score=96)  # fmt: skip
    row(gold + "ops_quality_scores", landed_date=TODAY, source_name="audit_logs", layer="silver",
        score=98, mean_score=97)  # fmt: skip
    for mart, day in ANOMALIES.items():
        row(gold + mart, metric="orders", robust_z=5.5, is_anomaly=False, explanation="It is.",
            **{day: TODAY})  # fmt: skip
    row(gold + "ops_spend_daily", usage_date=TODAY, account_id="a1", workspace_id="w1",
        billing_origin_product="JOBS", currency_code="USD", billed_cost=100, mean_cost=90,
        month_end_forecast_cost=3000, z_score=4, is_anomaly=False)  # fmt: skip
    row(gold + "ops_churn_predictions", shop="retail", customer_key="c1", cutoff_date=TODAY,
        horizon_days=60, churn_probability=0.9, risk="high")  # fmt: skip
    row(gold + "ops_job_health_daily", run_date=TODAY, workspace_id="w1", job_id="j1",
        job_name="nightly", failed_count=0, rated_count=3)  # fmt: skip
    row("gold_billing.fct_period_states", **account, period_state="OPEN", record_count=5,
        open_break_count=2)  # fmt: skip
    row("gold_billing.fct_revenue_period_states", **account, period_state="OPEN", order_count=5,
        open_break_count=0)  # fmt: skip


def test_where_all_is_well_nobody_is_told(home: Home) -> None:
    said = home.run("lakeledger ingest --source audit_logs\nlakeledger alerts check")
    assert "Nothing new; 0 alerts open. 0 messages sent." in said.output
    assert "Not watched: deletion-overdue" in said.output
    assert home.inbox.mails == []
    assert "No alert is open." in home.run("lakeledger alerts list").output


def test_every_channel_can_be_tried(home: Home) -> None:
    assert "mail: taken." in home.run("lakeledger alerts test").output
    assert home.inbox.mails.pop()["Subject"] == "lakeledger: test of alerts"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_an_alert_is_provoked_told_once_and_over(home: Home, rule: Rule) -> None:
    provoke, end = commands_of(rule.name)
    before = len(home.inbox.mails)
    # A second check finds the same, and tells nobody.
    (*_, check) = (line for line in provoke.splitlines() if "alerts check" in line)
    said = home.run(f"{provoke}{check}\n")
    if rule.stops_pipeline:
        assert "Nothing is built: quality of silver platform is 60 of 100" in said.output
    opened = home.open_of(rule)
    assert opened, said.output
    for alert in opened:
        (text,) = home.mails_about(alert.alert_id, before)
        assert alert.severity in text
        assert f"{rule.name}: {rule.says}" in text
    home.run(end)
    assert home.open_of(rule) == []
    for alert in opened:
        _, text = home.mails_about(alert.alert_id, before)
        assert f"[{alert.alert_id}]" in text[text.index("RESOLVED") :]


def test_nobody_answers_and_it_is_escalated_until_somebody_does(home: Home) -> None:
    at = "lakeledger alerts check --now \"$(date -u -d '{} hours' +%FT%T)\"\n"
    alert_id = alert_id_of("stale-data", "audit_logs r1")
    before = len(home.inbox.mails)
    home.run(at.format(25) + at.format(30) + at.format(31))
    opened, escalated = home.mails_about(alert_id, before)
    assert "Nobody has acknowledged it for 240 minutes." in escalated
    assert "escalated" not in opened
    assert alert_id in home.run("lakeledger alerts list").output
    ack = f"lakeledger alerts ack {alert_id[:5]} --by 'on duty' --why 'the export is late'\n"
    assert "on duty answers for it." in home.run(ack).output
    assert "on duty:" in home.run("lakeledger alerts list").output
    home.run(at.format(40))
    assert len(home.mails_about(alert_id, before)) == 2
    home.run(at.format(0))
    assert len(home.mails_about(alert_id, before)) == 3


def test_each_message_came_once(home: Home) -> None:
    ids = [mail["Message-ID"] for mail in home.inbox.mails]
    assert len(ids) > 2 * len(RULES) - 5
    assert len(ids) == len(set(ids))
