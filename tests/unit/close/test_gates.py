"""What blocks a close, line by line."""

from dataclasses import replace
from datetime import UTC, date, datetime

from operations.close.gates import approvals, blockers
from operations.close.model import Content, Facts
from operations.close.periods import Period
from tests.unit.close.samples import CONTENT, FEBRUARY_3RD, broken, event, facts

APPROVED = (
    event("soft_closed", "carol"),
    event("approved", "ann", "now", minute=1),
    event("approved", "ben", "now", minute=2),
)


def told(found: Facts, sealer: str | None = None) -> list[tuple[str, str]]:
    return [(line.gate, line.sentence) for line in blockers(found, FEBRUARY_3RD, sealer)]


def test_two_other_people_and_nothing_broken_let_it_close() -> None:
    assert told(facts(*APPROVED), "carol") == []


def test_a_closed_period_is_blocked_by_nothing() -> None:
    assert told(facts(state="CLOSED", breaks=(broken(),))) == []


def test_a_month_that_is_not_over_is_all_there_is_to_say() -> None:
    found = blockers(facts(breaks=(broken(),)), datetime(2026, 1, 31, 23, tzinfo=UTC))
    assert [line.gate for line in found] == ["month"]


def test_each_break_is_a_line_of_its_gate() -> None:
    found = facts(
        *APPROVED,
        breaks=(
            broken(),
            broken(
                "incomplete_sector", subject="billing_usage", last_day=date(2026, 1, 9), count=3
            ),
            broken("price_gap", region=None),
            broken("something new", subject=None, region=None),
        ),
    )
    lines = blockers(found, FEBRUARY_3RD)
    assert [(line.gate, line.what) for line in lines] == [
        ("prices", "unpriced_usage JOBS AWS per DBU in r1, on 2026-01-05"),
        ("sectors", "incomplete_sector billing_usage in r1, 2026-01-05 to 2026-01-09, 3 rows"),
        ("price windows", "price_gap JOBS AWS per DBU, on 2026-01-05"),
        ("other breaks", "something new, on 2026-01-05"),
    ]
    assert {line.sentence for line in lines} == {"No price is known: deliver it."}


def test_earlier_periods_and_tables_that_lag_are_named() -> None:
    found = facts(
        *APPROVED, earlier_open=(Period(2025, 12),), behind=("gold.hourly behind silver.usage",)
    )
    assert [(line.gate, line.what) for line in blockers(found, FEBRUARY_3RD)] == [
        ("tables", "gold.hourly behind silver.usage"),
        ("order", "2025-12"),
    ]


def test_a_month_whose_usage_is_all_held_back_is_not_closed_empty() -> None:
    waiting = facts(*APPROVED, content=Content(rows_hash="now"))
    waiting = replace(waiting, state=replace(waiting.state, held_back_count=7))
    assert [(line.gate, line.what) for line in blockers(waiting, FEBRUARY_3RD)] == [
        ("sectors", "7 usage records")
    ]


def test_without_a_soft_close_there_is_nothing_to_approve() -> None:
    assert told(facts())[0] == (
        "approval",
        "Not soft closed: lakeledger close soft --period 2026-01 --by WHO.",
    )


def test_one_person_twice_is_one_approval() -> None:
    found = facts(*APPROVED[:2], event("approved", " ANN", "now", minute=3))
    assert approvals(found.events, CONTENT).by == ("ann",)
    assert told(found)[0][0] == "approval"


def test_approvals_of_other_rows_are_void() -> None:
    found = facts(APPROVED[0], APPROVED[1], event("approved", "ben", "before", minute=2))
    assert approvals(found.events, CONTENT).void == 1
    assert "1 given before that are void" in told(found)[0][1]


def test_approvals_before_the_soft_close_do_not_count() -> None:
    found = facts(event("soft_closed", "carol", minute=5), *APPROVED[1:])
    assert approvals(found.events, CONTENT).by == ()


def test_who_closes_is_none_of_the_two() -> None:
    assert "Ben approved, so somebody else has to close." in told(facts(*APPROVED), "Ben")[0][1]
    third = event("approved", "dora", "now", minute=3)
    assert told(facts(*APPROVED, third), "Ben") == []
