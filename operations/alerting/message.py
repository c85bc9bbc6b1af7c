"""A digest as a mail of text and HTML, and as text for chats. Templates do the wording."""

from collections.abc import Iterator, Sequence
from email.message import EmailMessage
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from operations.alerting.model import WORDS, Severity
from operations.alerting.outbox import Batch, Entry
from operations.alerting.rules import RUNBOOK, Rule
from operations.mail.message import headed
from operations.mail.smtp import SmtpConfig
from operations.wording import counted, measured, one_line

_TEMPLATES = Path(__file__).with_name("templates")
# Of a rule that hits this often the first are told one by one.
SHOWN = 20
# What a step says when it fails has its advice at the end.
_DETAIL = 500


def compose(
    batch: Batch, rules: Sequence[Rule], config: SmtpConfig, docs_url: str = ""
) -> EmailMessage:
    """The whole mail; a repeated one has the Message-ID and the date of the first."""
    message = headed(config, subject(batch), batch.digest_id, batch.begun_at)
    if any(e.severity is Severity.CRITICAL and not e.is_over for e in batch.entries()):
        message["Importance"] = "high"
    message.set_content(text(batch, rules, docs_url))
    values = _values(batch, rules, docs_url)
    message.add_alternative(_render("digest.html", values), subtype="html")
    return message


def text(batch: Batch, rules: Sequence[Rule], docs_url: str = "") -> str:
    """The digest as plain text."""
    return _render("digest.txt", _values(batch, rules, docs_url))


def subject(batch: Batch) -> str:
    """`lakeledger: 1 CRITICAL, 2 HIGH; 1 resolved`, and of a single alert what it is about."""
    entries = batch.entries()
    going = [entry for entry in entries if not entry.is_over]
    parts = [
        f"{count} {severity}"
        for severity in reversed(Severity)
        if (count := sum(entry.severity is severity for entry in going))
    ]
    over = len(entries) - len(going)
    said = "; ".join(filter(None, (", ".join(parts), f"{over} resolved" if over else "")))
    if len(entries) == 1:
        said += f": {one_line(f'{entries[0].rule} {entries[0].subject}')}"
    return f"lakeledger: {said}"


def _values(batch: Batch, rules: Sequence[Rule], docs_url: str) -> dict[str, Any]:
    known = {rule.name: rule for rule in rules}
    return {
        "subject": subject(batch),
        "repeated": batch.repeated,
        "open": any(not entry.is_over for entry in batch.entries()),
        "groups": [
            {"title": title, "rules": list(_rules(found, known, docs_url))}
            for title, found in _groups(batch)
        ],
    }


def _groups(batch: Batch) -> Iterator[tuple[str, list[Entry]]]:
    """Entries under the heading of their severity; those that are over under their own."""
    for title, found in groupby(
        batch.entries(), key=lambda one: "RESOLVED" if one.is_over else str(one.severity)
    ):
        yield title, list(found)


def _rules(
    entries: Sequence[Entry], known: dict[str, Rule], docs_url: str
) -> Iterator[dict[str, Any]]:
    for name, found in groupby(entries, key=lambda one: one.rule):
        rule, listed = known.get(name), list(found)
        runbook = rule.runbook if rule else RUNBOOK
        yield {
            "name": name,
            "says": rule.says if rule else "",
            "limits": rule.limits() if rule else "",
            "runbook": runbook,
            "link": _link(runbook, docs_url),
            "alerts": [_alert(entry, rule) for entry in listed[:SHOWN]],
            "more": counted(len(listed) - SHOWN, "more alert") if len(listed) > SHOWN else "",
        }


def _alert(entry: Entry, rule: Rule | None) -> dict[str, str]:
    figures = [event.value for event in entry.events if event.value is not None]
    return {
        "id": entry.alert_id,
        "subject": one_line(entry.subject) or "-",
        "value": measured(figures[-1], rule.unit) if figures and rule else "",
        "detail": one_line(entry.events[-1].detail, _DETAIL),
        "history": "; ".join(
            f"{WORDS[event.kind]} {event.occurred_at:%Y-%m-%d %H:%M} UTC" for event in entry.events
        ),
    }


def _link(runbook: str, docs_url: str) -> str:
    """The page on the docs site, a folder each; nothing without a site."""
    page, _, section = runbook.partition("#")
    path = page.removeprefix("docs/").removesuffix(".md")
    return f"{docs_url.rstrip('/')}/{path}/#{section}" if docs_url else ""


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        autoescape=lambda name: bool(name and name.endswith(".html")),
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _render(name: str, values: dict[str, Any]) -> str:
    return _environment().get_template(name).render(values)
