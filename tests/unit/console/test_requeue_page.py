"""Rows are judged again only after the reader has seen what that does and has confirmed it."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.unit.console.made_up import PaperDesk
from tests.unit.console.test_pages import SECONDS, shown


@pytest.fixture
def desk() -> PaperDesk:
    return PaperDesk()


def asked(desk: PaperDesk, by: str = "user-0001", why: str = "rule mended") -> AppTest:
    """The page after somebody has asked what a requeue would do."""
    page = shown("quarantine", "busy", desk=desk)
    page.selectbox[1].select("missing_key").run(timeout=SECONDS)
    page.text_input[0].input(by)
    page.text_input[1].input(why)
    page.button[0].click().run(timeout=SECONDS)
    assert not page.exception
    return page


def press(page: AppTest, label: str) -> None:
    next(button for button in page.button if button.label == label).click().run(timeout=SECONDS)
    assert not page.exception


def test_what_it_will_do_is_said_before_anything_is_done(desk: PaperDesk) -> None:
    page = asked(desk)
    said = page.warning[0].value
    assert "12 rows of platform.audit_logs with the reason missing_key" in said
    assert "bronze_platform.audit_logs" in said
    assert "by user-0001: rule mended" in said
    assert desk.done == []


def test_it_is_done_once_when_it_is_confirmed(desk: PaperDesk) -> None:
    page = asked(desk)
    press(page, "Requeue 12 rows")
    assert desk.done == [("platform.audit_logs, missing_key", "user-0001", "rule mended")]
    assert "12 rows" in page.success[0].value
    page.run(timeout=SECONDS)
    assert len(desk.done) == 1
    assert not page.warning


def test_nothing_is_done_when_it_is_cancelled(desk: PaperDesk) -> None:
    page = asked(desk)
    press(page, "Cancel")
    assert desk.done == []
    assert not page.warning


def test_rows_that_have_changed_in_between_are_shown_anew(desk: PaperDesk) -> None:
    page = asked(desk)
    desk.rows = 13
    press(page, "Requeue 12 rows")
    assert desk.done == []
    assert any("have changed" in said.value for said in page.warning)


def test_somebody_has_to_decide(desk: PaperDesk) -> None:
    page = asked(desk, by=" ")
    assert [said.value for said in page.warning] == ["Say who decides: an auditor will read it."]


def test_another_choice_takes_no_confirmation_of_the_one_before(desk: PaperDesk) -> None:
    page = asked(desk)
    page.selectbox[1].select("every reason").run(timeout=SECONDS)
    assert not page.warning
    assert [button.label for button in page.button] == ["Show what it will do"]


def test_what_cannot_be_judged_again_is_not_offered(desk: PaperDesk) -> None:
    page = shown("quarantine", "busy", desk=desk)
    page.selectbox[0].select("platform.cluster_metrics").run(timeout=SECONDS)
    page.selectbox[1].select("invalid_utf8").run(timeout=SECONDS)
    assert "no rule can accept it" in page.info[0].value
    assert not page.button


def test_lines_are_shown_only_when_they_are_asked_for(desk: PaperDesk) -> None:
    page = shown("quarantine", "busy", desk=desk)
    assert not page.code
    page.toggle[0].set_value(True).run(timeout=SECONDS)
    assert page.code[0].value == '{"id": null}'
