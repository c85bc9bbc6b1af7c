"""What people read: subject, text and HTML of a digest, and addresses that are none."""

import smtplib
from email.message import EmailMessage
from pathlib import Path

import pytest

from operations.alerting.channels import URLS, _may_have_left, channels, pages
from operations.alerting.errors import NotTold
from operations.alerting.message import SHOWN, compose, subject, text
from operations.alerting.model import Kind
from operations.alerting.outbox import Batch
from operations.mail.errors import SmtpFailed
from operations.mail.smtp import SmtpConfig
from operations.wording import measured
from tests.unit.alerting.samples import MINUTE, History, finding, rule

CONFIG = SmtpConfig(host="h", port=25, sender="a@example.com", recipients=("b@example.com",))
QUALITY = rule("quality", (("HIGH", 85.0), ("CRITICAL", 70.0)), side="below")
RULES = (rule(), QUALITY)


def history() -> History:
    """A source gone stale and worse, one that is well again, and a poor layer."""
    history = History(rules=RULES)
    both = [finding("one", 25), finding("two", 25)]
    history.check({"stale-data": both, "quality": []})
    history.check({"stale-data": [finding("one", 49)], "quality": [finding("silver", 60)]})
    return history


def batch(history: History) -> Batch:
    (found,) = history.due().due
    return found


def parts(mail: EmailMessage) -> tuple[str, str]:
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    return plain.get_content(), html.get_content()


def test_the_subject_counts_by_severity() -> None:
    assert subject(batch(history())) == "lakeledger: 1 CRITICAL, 1 HIGH; 1 resolved"


def test_the_subject_of_a_single_alert_says_what_it_is_about() -> None:
    single = History()
    single.stale(25)
    assert subject(batch(single)) == "lakeledger: 1 MEDIUM: stale-data source-0"


def test_text_and_html_say_the_same_under_their_severities() -> None:
    plain, html = parts(compose(batch(history()), RULES, CONFIG))
    for said in (plain, html.split("<body")[1]):
        places = [
            said.index(word) for word in ("CRITICAL", "silver", "HIGH", "one", "RESOLVED", "two")
        ]
        assert places == sorted(places)
        for word in ("60 hours", "49 hours", "became worse", "docs/runbooks/alerts.md#quality"):
            assert word in said
    assert "HIGH below 85, CRITICAL below 70 hours" in plain
    assert "<a href" not in html


def test_with_a_docs_site_the_runbook_is_a_link() -> None:
    plain, html = parts(compose(batch(history()), RULES, CONFIG, "https://docs.example.com/"))
    address = "https://docs.example.com/runbooks/alerts/#quality"
    assert address in plain
    assert f'<a href="{address}">' in html


def test_what_comes_from_data_is_no_header_and_no_markup() -> None:
    hostile = History()
    hostile.check(
        {"stale-data": [finding("a\r\nBcc: c@example.com <script>alert(1)</script>", 25)]}
    )
    mail = compose(batch(hostile), RULES, CONFIG)
    assert mail["Bcc"] is None
    assert "\n" not in mail["Subject"]
    _, html = parts(mail)
    assert "<script" not in html


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (12345.678, "12,346 customers"),
        (1, "1 customer"),
        (0.016, "0.02 customers"),
        (-0.001, "0 customers"),
        (100, "100 customers"),
        (-23.5, "-23.5 customers"),
    ],
)
def test_figures_are_those_that_people_write(value: float, said: str) -> None:
    assert measured(value, "customers") == said


def test_one_of_a_unit_of_many_words_is_one() -> None:
    assert measured(1, "times in 24 hours") == "1 time in 24 hours"
    assert measured(1, "% of the budget") == "1 % of the budget"
    assert measured(1, "") == "1"


def test_many_of_a_rule_are_cut_and_counted() -> None:
    many = History()
    many.stale(*[25.0] * (SHOWN + 3))
    said = text(batch(many), many.rules)
    assert said.count("  - source-") == SHOWN
    assert "and 3 more alerts" in said


def test_a_repeated_mail_is_the_same_and_says_that_it_may_have_come() -> None:
    cut_off = history()
    first = batch(cut_off)
    cut_off.note(first, Kind.sending)
    cut_off.now += 30 * MINUTE
    (again,) = cut_off.due().due
    mails = [compose(one, RULES, CONFIG) for one in (first, again)]
    for header in ("Message-ID", "Date", "Subject"):
        assert mails[0][header] == mails[1][header]
    assert ["may have come before" in parts(mail)[0] for mail in mails] == [False, True]


def test_a_critical_mail_is_marked() -> None:
    assert compose(batch(history()), RULES, CONFIG)["Importance"] == "high"
    mild = History()
    mild.stale(25)
    assert compose(batch(mild), RULES, CONFIG)["Importance"] is None


def test_an_alert_of_a_rule_that_is_gone_can_still_be_told() -> None:
    gone = history()
    gone.rules = (QUALITY,)
    gone.check({})
    assert "There is no such rule any more." in text(batch(gone), gone.rules)


def test_each_address_is_a_channel_whose_name_has_no_key() -> None:
    found = pages("json://user:s3cret@127.0.0.1:1/a  json://127.0.0.1:2/ json://127.0.0.1:2/")
    assert len(found) == 2
    assert len({page.name for page in found}) == 2
    assert all(page.name.startswith("json-") for page in found)
    assert "s3cret" not in repr(found) + found[0].name


def test_an_address_that_is_none_is_named_by_its_place_alone() -> None:
    with pytest.raises(NotTold, match="Address 2 of LAKELEDGER_ALERT_URLS") as refused:
        pages("json://127.0.0.1 nonsense://s3cret")
    assert "s3cret" not in str(refused.value)


def test_addresses_come_from_a_file_too_and_a_file_that_is_named_has_to_be_there(
    tmp_path: Path,
) -> None:
    (tmp_path / "smtp.properties").write_text("host=h\nport=25\nfrom=a@b.example\nto=c@d.example\n")
    alone = channels(tmp_path, None, None, {})
    assert [channel.name for channel in alone] == ["mail"]
    (tmp_path / "alert_urls").write_text(
        "# of the team\njson://127.0.0.1:1/\n\njson://127.0.0.1:2/"
    )
    assert len(channels(tmp_path, None, None, {URLS: "json://127.0.0.1:1/"})) == 3
    with pytest.raises(NotTold, match="none cannot be read: No such file"):
        channels(tmp_path, None, tmp_path / "none", {})
    (tmp_path / "smtp.properties").unlink()
    with pytest.raises(NotTold, match=r"smtp\.properties is not there"):
        channels(tmp_path, None, None, {})


@pytest.mark.parametrize(
    ("said", "cause", "may_have_left"),
    [
        ("cannot be reached", ConnectionRefusedError(), False),
        ("did not take a mail", smtplib.SMTPDataError(451, b"later"), False),
        ("did not take a mail", smtplib.SMTPRecipientsRefused({}), False),
        ("did not take a mail", smtplib.SMTPServerDisconnected("gone"), True),
        ("did not take a mail", TimeoutError(), True),
    ],
)
def test_a_mail_may_have_left_where_the_server_gave_no_answer(
    said: str, cause: Exception, may_have_left: bool
) -> None:
    failed = SmtpFailed(said)
    failed.__cause__ = cause
    assert _may_have_left(failed) is may_have_left
