"""A mail as text and HTML, from small templates. What comes from data is made harmless here."""

import html
import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from string import Template

from operations.fraud.model import Alert, Customer, Mail
from operations.fraud.smtp import SmtpConfig

_TEMPLATES = Path(__file__).with_name("templates")
_LONGEST = 200
_ORDERS_SHOWN = 20
_NOT_SHOWN = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
_REPEATED = "This mail may have come before: the run that sent it ended before it could say so."


def compose(
    mail: Mail, config: SmtpConfig, waiting: int, quiet: timedelta, now: datetime
) -> EmailMessage:
    """The whole mail; `waiting` customers are over the limit of the run."""
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    message["From"] = config.sender
    message["To"] = ", ".join(config.recipients)
    message["Subject"] = subject(mail)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{mail.mail_id}@{Address(addr_spec=config.sender).domain}>"
    message["Auto-Submitted"] = "auto-generated"
    values = _values(mail, waiting, quiet)
    message.set_content(_filled("mail.txt", values | {"orders": _orders(mail, "txt", str)}))
    rows = {"orders": _orders(mail, "html", html.escape)}
    escaped = {name: html.escape(value) for name, value in values.items()}
    message.add_alternative(_filled("mail.html", escaped | rows), subtype="html")
    return message


def subject(mail: Mail) -> str:
    """One line, whatever the customer's id holds."""
    customer = mail.customer
    count = counted(len(customer.alerts), "order")
    return f"Possible fraud: customer {one_line(customer.user_id)}, {count}, {_money(customer)}"


def one_line(text: str) -> str:
    """The text on one line: without control and formatting characters, and not too long."""
    shown = "".join(" " if unicodedata.category(sign) in _NOT_SHOWN else sign for sign in text)
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"


def counted(count: int, noun: str) -> str:
    """`1 order`, `2 orders`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _values(mail: Mail, waiting: int, quiet: timedelta) -> dict[str, str]:
    customer = mail.customer
    return {
        "subject": subject(mail),
        "user_id": one_line(customer.user_id),
        "repeated": _REPEATED if mail.repeated else "",
        "new_count": counted(len(customer.alerts), "new alert"),
        "new_amount": _money(customer),
        "score": f"{max(alert.score for alert in customer.alerts):.2f}",
        "alert_count": counted(customer.alert_count, "alert"),
        "amount_at_stake": f"{customer.amount_at_stake:,.2f}",
        "waiting": _waiting(waiting),
        "quiet_hours": f"{quiet.total_seconds() / 3600:g}",
    }


def _orders(mail: Mail, kind: str, escape: Callable[[str], str]) -> str:
    alerts = sorted(mail.customer.alerts, key=lambda alert: (-alert.score, alert.order_at))
    shown = [_order(alert, kind, escape) for alert in alerts[:_ORDERS_SHOWN]]
    if left_out := len(alerts[_ORDERS_SHOWN:]):
        note = f"and {left_out} more"
        shown.append(f"  {note}" if kind == "txt" else f'<tr><td colspan="5">{note}</td></tr>')
    return "\n".join(shown)


def _order(alert: Alert, kind: str, escape: Callable[[str], str]) -> str:
    lines = [escape(one_line(f"{rule}: {evidence}")) for rule, evidence in alert.reasons]
    reasons = "<br>".join(lines) if kind == "html" else "\n".join(f"    {line}" for line in lines)
    values = {
        "order_id": escape(one_line(alert.order_id)),
        "order_at": f"{alert.order_at:%Y-%m-%d %H:%M:%S}",
        "amount": f"{alert.amount:,.2f}",
        "score": f"{alert.score:.2f}",
        "severity": escape(one_line(alert.severity)),
        "reasons": reasons,
    }
    return _filled(f"order.{kind}", values).rstrip("\n")


@cache
def _template(name: str) -> Template:
    return Template((_TEMPLATES / name).read_text(encoding="utf-8"))


def _filled(name: str, values: dict[str, str]) -> str:
    return _template(name).substitute(values)


def _waiting(count: int) -> str:
    return f"Over the limit of this hour, for a later run: {count:,} customers." if count else ""


def _money(customer: Customer) -> str:
    return f"{customer.new_amount:,.2f}"
