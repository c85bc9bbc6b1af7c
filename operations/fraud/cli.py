"""The command `lakeledger orders alert`: a mail for each customer that is flagged anew."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from operations.fraud.errors import AlreadyMailing
from operations.fraud.run import Outcome, send_due
from operations.fraud.selection import Limits
from operations.mail.errors import MailError, SmtpFailed
from operations.mail.smtp import FILE, SmtpConfig, read_config
from operations.one_run import alone
from operations.platform_log import recorded_session
from operations.refusals import explained
from operations.wording import counted
from warehouse.errors import WarehouseError
from warehouse.lifecycle import running_warehouse
from warehouse.settings import Settings
from warehouse.terminal import plain


def alert(
    smtp_config: Annotated[
        Path | None,
        typer.Option(help="Mail server.", show_default=f"<LAKELEDGER_HOME>/{FILE}"),
    ] = None,
    limit: Annotated[
        int, typer.Option(min=1, help="Mails an hour at most, of all runs together.")
    ] = 20,
    quiet_hours: Annotated[
        float, typer.Option(min=0, help="Hours between two mails about a customer, at least.")
    ] = 24,
) -> None:
    """Mail each customer whose orders look like frauds, once; again only if new alerts came."""
    home = Settings.from_environment().home
    limits = Limits(quiet=timedelta(hours=quiet_hours), per_hour=limit)
    with explained(MailError, WarehouseError):
        config = read_config((smtp_config or home / FILE).absolute())
        # Two would find the same mails due.
        busy = AlreadyMailing(f"Another run over {home} is sending mails; wait for its end.")
        with alone(home, "fraud-mails", busy):
            outcome = _send(home, config, limits)
    typer.echo(summary(outcome, limits))


def summary(outcome: Outcome, limits: Limits) -> str:
    """What a run did, and what it left for later."""
    said = [f"{counted(outcome.sent, 'mail')} sent."]
    if outcome.repeated:
        said.append(
            f"{outcome.repeated} of them may have come before: an earlier run ended while sending."
        )
    if outcome.waiting:
        said.append(
            f"{counted(outcome.waiting, 'customer')} over the limit of {limits.per_hour} mails an "
            "hour: the next run sends."
        )
    if outcome.quiet:
        hours = limits.quiet.total_seconds() / 3600
        said.append(
            f"{counted(outcome.quiet, 'customer')} with new alerts had a mail within {hours:g} h."
        )
    if outcome.refused:
        said.append(
            f"Recipients that the mail server refused: {plain(', '.join(outcome.refused))}."
        )
    return " ".join(said)


def _send(home: Path, config: SmtpConfig, limits: Limits) -> Outcome:
    outcome = Outcome()
    with running_warehouse(home) as warehouse, recorded_session(warehouse, "alert") as session:
        try:
            send_due(session.cursor, config, limits, session.who.run_id, outcome)
        except SmtpFailed as error:
            session.add("fraud mails", str(error), status="failed", row_count=outcome.sent)
            raise
        if outcome.sent:
            session.add("fraud mails", summary(outcome, limits), row_count=outcome.sent)
    return outcome
