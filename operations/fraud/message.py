"""A mail as text and HTML, from small templates. What comes from data is made harmless here."""

import html
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from string import Template

from operations.fraud.model import Alert, Customer, Mail
from operations.mail.message import headed
from operations.mail.smtp import SmtpConfig
from operations.wording import counted, one_line

_TEMPLATES = Path(__file__).with_name("templates")
_ORDERS_SHOWN = 20
_REPEATED = "This mail may have come before: the run that sent it ended before it could say so."


def compose(
    mail: Mail, config: SmtpConfig, waiting: int, quiet: timedelta, now: datetime
) -> EmailMessage:
    """The whole mail; `waiting` customers are over the limit of the run."""
    message = headed(config, subject(mail), mail.mail_id, now)
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
