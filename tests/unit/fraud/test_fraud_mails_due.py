"""Which mails are due."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from operations.fraud.cli import summary
from operations.fraud.model import Alert, Customer, Mail, mail_id_of
from operations.fraud.run import Outcome
from operations.fraud.selection import Limits, select

NOW = datetime(2026, 1, 9, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def customer(
    user_id: str, score: str = "0.5", amount: str = "10", last_mail_at: datetime | None = None
) -> Customer:
    order = Alert(
        order_id=f"o-{user_id}",
        order_at=NOW,
        amount=Decimal(amount),
        score=Decimal(score),
        severity="medium",
        reasons=(),
    )
    return Customer(
        user_id=user_id,
        score=Decimal(score),
        alert_count=1,
        amount_at_stake=Decimal(amount),
        alerts=(order,),
        last_mail_at=last_mail_at,
    )


def due(*customers: Customer, lately: int = 0, limit: int = 20) -> list[str]:
    chosen = select(customers, [], lately, Limits(per_hour=limit), NOW)
    return [mail.customer.user_id for mail in chosen.due]


def test_the_highest_score_comes_first_then_the_larger_amount() -> None:
    asked = customer("c", "0.5", "10"), customer("b", "0.9"), customer("d", "0.5", "20")
    assert due(*asked, customer("a", "0.5", "10")) == ["b", "d", "a", "c"]


def test_a_quiet_time_is_kept_to_the_second() -> None:
    within = customer("a", last_mail_at=NOW - DAY + timedelta(seconds=1))
    over = customer("b", last_mail_at=NOW - DAY)
    chosen = select([within, over], [], 0, Limits(quiet=DAY), NOW)
    assert [mail.customer.user_id for mail in chosen.due] == ["b"]
    assert (chosen.quiet, chosen.waiting) == (1, 0)


def test_the_limit_is_of_the_hour_not_of_the_run() -> None:
    three = [customer(name) for name in "abc"]
    assert due(*three, limit=2) == ["a", "b"]
    assert due(*three, limit=2, lately=1) == ["a"]
    assert due(*three, limit=2, lately=5) == []
    assert select(three, [], 1, Limits(per_hour=2), NOW).waiting == 2


def test_what_was_begun_comes_first_and_once() -> None:
    begun = Mail(customer=customer("z"), repeated=True)
    chosen = select([customer("a", "0.9"), customer("z", "0.99")], [begun], 0, Limits(), NOW)
    assert [(mail.customer.user_id, mail.repeated) for mail in chosen.due] == [
        ("z", True),
        ("a", False),
    ]


def test_a_mail_is_known_by_customer_and_orders() -> None:
    assert mail_id_of("u", ["a", "b"]) == mail_id_of("u", ["b", "a"])
    ids = {mail_id_of("u", ["a", "b"]), mail_id_of("u", ["a"]), mail_id_of("v", ["a"]),
           mail_id_of("ua", ["b"]), mail_id_of("u", ["ab"])}  # fmt: skip
    assert len(ids) == 5


def test_the_command_says_what_it_left() -> None:
    assert summary(Outcome(), Limits()) == "0 mails sent."
    said = summary(Outcome(sent=1, repeated=1, waiting=2, quiet=1, refused=("x\n@y",)), Limits())
    for part in (
        "1 mail sent.",
        "1 of them may have come before",
        "2 customers over the limit of 20",
        "1 customer with new alerts had a mail within 24 h",
        "refused: x",
    ):
        assert part in said
