"""One run: what is due is written down, sent, and written down again."""

from dataclasses import dataclass
from datetime import UTC, datetime

from operations.fraud import ledger
from operations.fraud.message import compose
from operations.fraud.selection import Limits, select
from operations.mail.errors import SmtpFailed
from operations.mail.smtp import SmtpConfig, connected, send
from operations.queries import Cursor


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What came of a run: mails that left, customers that wait, and recipients refused."""

    sent: int = 0
    repeated: int = 0
    waiting: int = 0
    quiet: int = 0
    refused: tuple[str, ...] = ()


def send_due(
    cursor: Cursor, config: SmtpConfig, limits: Limits, run_id: str, outcome: Outcome
) -> None:
    """Sends a mail for each customer that one is due about; `outcome` grows with each.

    Raises:
        SmtpFailed: if the mail server is down or refuses a mail. What was sent by then is written
            down; the rest is due in the next run.
    """
    ledger.prepare(cursor)
    now = datetime.now(UTC)
    customers, unfinished = ledger.untold(cursor)
    lately = ledger.sent_lately(cursor, now)
    chosen = select(customers, unfinished, lately, limits, now)
    outcome.waiting, outcome.quiet = chosen.waiting, chosen.quiet
    if not chosen.due:
        return
    with connected(config) as client:
        for mail in chosen.due:
            message = compose(mail, config, chosen.waiting, limits.quiet, datetime.now(UTC))
            ledger.record(cursor, mail, "sending", datetime.now(UTC), run_id)
            try:
                outcome.refused = send(client, config, message)
            except SmtpFailed:
                ledger.record(cursor, mail, "failed", datetime.now(UTC), run_id)
                raise
            ledger.record(cursor, mail, "sent", datetime.now(UTC), run_id)
            outcome.sent += 1
            outcome.repeated += mail.repeated
