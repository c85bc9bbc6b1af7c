"""Where alerts go: mails, and what `apprise` reaches by an address (Slack, Teams, PagerDuty, …)."""

import hashlib
import logging
import smtplib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

from operations.alerting.errors import NotTold
from operations.alerting.message import compose, subject, text
from operations.alerting.outbox import MAIL, Batch
from operations.alerting.rules import Rule
from operations.mail.errors import MailError
from operations.mail.smtp import FILE, SmtpConfig, connected, read_config, send

# Addresses with their keys, by white space: from the environment, and from a file of one's own.
URLS = "LAKELEDGER_ALERT_URLS"
PAGES_FILE = "alert_urls"
# Where the docs site is; without it a mail names the runbook's file.
DOCS_URL = "LAKELEDGER_DOCS_URL"


class Channel(Protocol):
    """One way to people."""

    @property
    def name(self) -> str:
        """Which one, without a secret."""

    def tell(self, batch: Batch, rules: Sequence[Rule]) -> str:
        """Hands a digest over; gives what is to be said of it, nothing where all is well.

        Raises:
            NotTold: if it could not be handed over to anybody.
        """


@dataclass(frozen=True, slots=True)
class Mail:
    """Every alert, by the mail server of the properties file."""

    config: SmtpConfig
    docs_url: str = ""
    name: str = MAIL

    def tell(self, batch: Batch, rules: Sequence[Rule]) -> str:
        """Sends one mail to all recipients."""
        return self.send(compose(batch, rules, self.config, self.docs_url))

    def send(self, message: EmailMessage) -> str:
        """Sends a mail; gives who was refused."""
        try:
            with connected(self.config) as client:
                refused = send(client, self.config, message)
        except MailError as error:
            raise NotTold(str(error), may_have_left=_may_have_left(error)) from error
        return f"Recipients that the mail server refused: {', '.join(refused)}." if refused else ""


@dataclass(frozen=True, slots=True, repr=False)
class Page:
    """Alerts of rules that page, and what was escalated, at one address."""

    url: str
    name: str
    docs_url: str = ""

    def tell(self, batch: Batch, rules: Sequence[Rule]) -> str:
        """Sends one message."""
        return self.send(subject(batch), text(batch, rules, self.docs_url))

    def send(self, title: str, body: str) -> str:
        """Sends a message."""
        import apprise  # half a second, which no other command has to wait for

        client = apprise.Apprise()
        client.add(self.url)
        # It logs addresses with their keys where it fails.
        logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
        if not client.notify(title=title, body=body):
            raise NotTold(
                f"{self.name} did not take a message: see that its address is right and can be"
                " reached. The next check tells what is due."
            )
        return ""


def channels(
    home: Path, smtp_config: Path | None, pages_file: Path | None, environment: Mapping[str, str]
) -> tuple[Channel, ...]:
    """Mail first, then an address after the other.

    Raises:
        NotTold: if the mail server is not configured, a file that is named cannot be read, or an
            address is none.
    """
    docs_url = environment.get(DOCS_URL, "")
    try:
        config = read_config((smtp_config or home / FILE).absolute())
    except MailError as error:
        raise NotTold(str(error)) from error
    urls = f"{environment.get(URLS, '')} {_urls_in(home, pages_file)}"
    return (Mail(config, docs_url), *pages(urls, docs_url))


def _urls_in(home: Path, named: Path | None) -> str:
    """The addresses in a file, whose lines beginning with # are none; nothing where it is not."""
    file = named or home / PAGES_FILE
    if named is None and not file.exists():
        return ""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "no UTF-8 text"
        raise NotTold(
            f"{file} cannot be read: {reason}. It holds addresses of pages, a line each, and may be"
            " empty."
        ) from error
    return " ".join(line for line in lines if not line.lstrip().startswith("#"))


def _may_have_left(error: MailError) -> bool:
    """Whether the mail server went away with the mail in hand, and without an answer."""
    cause = error.__cause__
    refusals = (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused)
    return "did not take" in str(error) and not isinstance(cause, refusals)


def pages(urls: str, docs_url: str = "") -> tuple[Page, ...]:
    """A channel for each address; its name is the service and some digits.

    Raises:
        NotTold: naming the place of an address that is none, not its keys.
    """
    found: list[Page] = []
    if not urls.strip():
        return ()
    import apprise  # half a second, as above

    for number, url in enumerate(dict.fromkeys(urls.split()), 1):
        if not apprise.Apprise().add(url):
            raise NotTold(
                f"Address {number} of {URLS} and the file {PAGES_FILE} is none that apprise knows,"
                " as slack://…, msteams://…, pagerduty://… or json://host/path."
            )
        digits = hashlib.sha256(url.encode()).hexdigest()[:6]
        found.append(Page(url, f"{url.partition(':')[0]}-{digits}", docs_url))
    return tuple(found)
