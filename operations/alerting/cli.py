"""The commands `lakeledger alerts …`."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from operations.alerting import store
from operations.alerting.acknowledge import acknowledge
from operations.alerting.channels import PAGES_FILE, Mail, Page, channels
from operations.alerting.errors import AlertsError, AlreadyChecking, NotTold
from operations.alerting.fold import fold
from operations.alerting.gate import check_gate
from operations.alerting.rules import FILE, load_rules
from operations.alerting.run import check, tell
from operations.alerting.show import show_open, show_outcome, summary
from operations.mail.smtp import FILE as SMTP_FILE
from operations.one_run import alone
from operations.platform_log import Recorded, recorded_session
from operations.refusals import explained
from warehouse.errors import WarehouseError
from warehouse.lifecycle import running_warehouse
from warehouse.settings import Settings
from warehouse.terminal import plain

COMPONENT = "alerts"
app = typer.Typer(no_args_is_help=True, help="Ask the tables what somebody has to look at.")

Rules = Annotated[Path, typer.Option(help="Rules of alerts.", show_default="alert_rules.yml")]
Smtp = Annotated[
    Path | None, typer.Option(help="Mail server.", show_default=f"<LAKELEDGER_HOME>/{SMTP_FILE}")
]
Pages = Annotated[
    Path | None,
    typer.Option(
        "--pages",
        help="Addresses of pages, a line each.",
        show_default=f"<LAKELEDGER_HOME>/{PAGES_FILE}, if it is there",
    ),
]
Now = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"],
        help="Ask as if it were this time, UTC: what time alone would bring.",
    ),
]
Limit = Annotated[
    int,
    typer.Option(
        min=1,
        envvar="LAKELEDGER_ALERT_LIMIT",
        help="Messages an hour at most on a channel; critical ones go.",
    ),
]
TellNobody = Annotated[
    bool, typer.Option("--tell-nobody", help="Write down what has changed, and no more.")
]


@app.command("check")
def check_command(
    rules: Rules = FILE,
    smtp_config: Smtp = None,
    pages: Pages = None,
    now: Now = None,
    limit: Limit = 12,
    tell_nobody: TellNobody = False,
) -> None:
    """Ask every rule, write down what has changed, and tell it once."""
    home = Settings.from_environment().home
    at = datetime.now(UTC) if now is None else now.replace(tzinfo=UTC)
    with explained(AlertsError, WarehouseError):
        known = load_rules(rules)
        # Two would find the same changes.
        busy = AlreadyChecking(f"Another run over {home} is checking; wait for its end.")
        with alone(home, "alerts", busy), _session(home) as session:
            outcome = check(session.cursor, known, at, session.who.run_id)
            try:
                if not tell_nobody:
                    found = channels(home, smtp_config, pages, os.environ)
                    tell(session.cursor, known, found, limit, session.who.run_id, outcome)
            except NotTold as failure:
                session.add("check", str(failure), status="failed")
                raise
            finally:
                show_outcome(Console(highlight=False), outcome)
            if outcome.events:
                session.add("check", summary(outcome), row_count=len(outcome.events))
    if outcome.answered.failed:
        raise typer.Exit(1)


@app.command("list")
def list_command(rules: Rules = FILE) -> None:
    """Alerts that are open, the worst first, and who answers for them."""
    with explained(AlertsError, WarehouseError):
        known = load_rules(rules)
        with _session(Settings.from_environment().home) as session:
            state = fold(store.read(session.cursor))
    show_open(Console(highlight=False), state, known, datetime.now(UTC))


@app.command("ack")
def ack_command(
    alert: Annotated[str, typer.Argument(help="Id of the alert, or how it begins.")],
    by: Annotated[str, typer.Option("--by", help="Who answers for it: a name or address.")],
    why: Annotated[str, typer.Option("--why", help="What is done, or why it may stay.")],
) -> None:
    """Answer for an alert: it is not escalated, and no longer stops the pipeline."""
    with (
        explained(AlertsError, WarehouseError),
        _session(Settings.from_environment().home) as session,
    ):
        known = acknowledge(session.cursor, alert, by, why, session.who.run_id)
        session.add(f"ack {known.rule} {known.subject}", f"{by}: {why}")
    typer.echo(plain(f"{known.rule} {known.subject}: {by} answers for it."))


@app.command("gate")
def gate_command() -> None:
    """Whether anything may be built; exit code 3 where quality is critical and not answered for."""
    with (
        explained(AlertsError, WarehouseError),
        _session(Settings.from_environment().home) as session,
    ):
        check_gate(session.cursor, datetime.now(UTC))
    typer.echo("Nothing keeps the pipeline from building.")


@app.command("test")
def send_test(smtp_config: Smtp = None, pages: Pages = None) -> None:
    """Send a test message on every channel."""
    title, body = "lakeledger: test of alerts", "Alerts reach this address. Nothing has to be done."
    with explained(AlertsError, WarehouseError):
        home = Settings.from_environment().home
        for channel in channels(home, smtp_config, pages, os.environ):
            if isinstance(channel, Mail):
                message = EmailMessage()
                message["From"] = channel.config.sender
                message["To"] = ", ".join(channel.config.recipients)
                message["Subject"] = title
                message.set_content(body)
                note = channel.send(message)
            else:
                assert isinstance(channel, Page)
                note = channel.send(title, body)
            typer.echo(plain(f"{channel.name}: taken. {note}".rstrip()))


@contextmanager
def _session(home: Path) -> Iterator[Recorded]:
    with running_warehouse(home) as warehouse, recorded_session(warehouse, COMPONENT) as session:
        yield session
