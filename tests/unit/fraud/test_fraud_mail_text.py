"""What stands in a mail, whatever the data hold."""

import email
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.message import EmailMessage
from email.policy import default

import pytest

from operations.fraud.message import compose, subject
from operations.fraud.model import Alert, Customer, Mail
from operations.mail.smtp import SmtpConfig
from operations.wording import one_line

NOW = datetime(2026, 1, 9, 12, tzinfo=UTC)
CONFIG = SmtpConfig(
    host="127.0.0.1", port=25, sender="a@example.com", recipients=("b@example.com",)
)
TOLD = (
    *("1042", "o-1", "o-2", "1,234.50", "10.00", "0.58", "2026-01-09 12:00:00"),
    *("bulk_order: 25 portions", "high_value: far above", "3 alerts", "2,000.00"),
)
HOSTILE = '"><script>alert(1)</script>&\r\nBcc: all@example.com\u202e\0'


def alert(order_id: str = "o-1", amount: str = "1234.50", evidence: str = "25 portions") -> Alert:
    return Alert(
        order_id=order_id,
        order_at=NOW,
        amount=Decimal(amount),
        score=Decimal("0.58"),
        severity="medium",
        reasons=(("bulk_order", evidence), ("high_value", "far above")),
    )


def mail(*alerts: Alert, user_id: str = "1042", repeated: bool = False) -> Mail:
    customer = Customer(
        user_id=user_id,
        score=Decimal("0.58"),
        alert_count=3,
        amount_at_stake=Decimal("2000.00"),
        alerts=alerts or (alert(),),
    )
    return Mail(customer=customer, repeated=repeated)


def sent(one: Mail, waiting: int = 0) -> EmailMessage:
    """The mail as a server gets it, read again."""
    message = compose(one, CONFIG, waiting, timedelta(hours=24), NOW)
    parsed = email.message_from_bytes(message.as_bytes(), policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_text_and_html_say_who_which_orders_how_much_and_why() -> None:
    message = sent(mail(alert("o-1"), alert("o-2", "10.00")))
    assert message.get_content_type() == "multipart/alternative"
    assert message["Subject"] == "Possible fraud: customer 1042, 2 orders, 1,244.50"
    assert (message["From"], message["To"]) == ("a@example.com", "b@example.com")
    for kind in ("plain", "html"):
        text = body(message, kind)
        assert [told for told in TOLD if told not in text] == []
        assert "for a later run" not in text
        assert "may have come before" not in text
        assert "$" not in text


def test_who_waits_is_counted_in_the_mail() -> None:
    for kind in ("plain", "html"):
        assert "for a later run: 7 customers." in body(sent(mail(), waiting=7), kind)


def test_a_repeated_mail_says_so_under_the_same_id() -> None:
    first, again = sent(mail()), sent(mail(repeated=True))
    assert first["Message-ID"] == again["Message-ID"]
    assert "may have come before" in body(again, "plain")
    assert "may have come before" in body(again, "html")
    assert sent(mail(alert("o-9")))["Message-ID"] != first["Message-ID"]


def test_data_add_no_header_no_line_and_no_markup() -> None:
    hostile = mail(alert(HOSTILE, evidence=HOSTILE), user_id=HOSTILE)
    plain = sent(mail())
    message = sent(hostile)
    assert message.keys() == plain.keys()
    assert "Bcc" not in message
    html = body(message, "html")
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    text = body(message, "plain")
    assert len(text.splitlines()) == len(body(plain, "plain").splitlines())
    for sign in ("\u202e", "\0"):
        assert sign not in text + html + message["Subject"]


def test_a_dollar_in_data_is_no_placeholder() -> None:
    assert "$user_id ${x} $$" in body(sent(mail(alert(evidence="$user_id ${x} $$"))), "plain")


def test_long_lists_and_texts_are_cut_and_say_so() -> None:
    many = tuple(alert(f"o-{number:03}") for number in range(25))
    for kind in ("plain", "html"):
        text = body(sent(mail(*many)), kind)
        assert "o-019" in text
        assert "o-020" not in text
        assert "and 5 more" in text
    assert one_line("x" * 300) == "x" * 199 + "…"


@pytest.mark.parametrize("user_id", ["Ünïcode 🍕", "שלום", "a\nb", "\ud800"])
def test_any_customer_can_be_named(user_id: str) -> None:
    message = sent(mail(user_id=user_id))
    assert "\n" not in message["Subject"]
    assert message["Subject"] == subject(mail(user_id=user_id))
