"""Lines of the events: copies, late ones, and those that are no events."""

import json
from datetime import timedelta

import pytest
from shop import CATALOGUE, orders

from operations.web_events.lines import Kind, lines_of
from operations.web_events.sessions import sessions_of
from operations.web_events.settings import DefectRates, Rates

SESSIONS = [s for one in orders(20) for s in sessions_of(one, CATALOGUE, Rates(), 0, 1)]
EVENTS = [event for session in SESSIONS for event in session.events]


def lines(**rates):
    defects = DefectRates(**{"duplicates": 0, "late": 0, "broken": 0} | rates)
    return [line for session in SESSIONS for line in lines_of(session, defects, 1)]


def test_without_defects_each_event_is_a_line_of_its_day():
    found = lines()
    assert len(found) == len(EVENTS)
    for line, event in zip(found, EVENTS, strict=True):
        record = json.loads(line.text)
        assert record["event_id"] == event.event_id
        assert record["event_time"].startswith(str(line.day))
        assert record["event_time"].endswith("Z")
        assert record["event_type"] == event.step.name


def test_every_event_may_be_delivered_twice():
    found = lines(duplicates=1)
    copies = [line for line in found if line.kind is Kind.duplicate]
    assert len(copies) == len(EVENTS)
    assert {line.text for line in copies} == {line.text for line in lines()}
    assert len({line.day for line in copies}) > len({line.day for line in lines()})


def test_a_late_event_lands_on_one_of_the_next_three_days():
    late = lines(late=1)
    assert {line.kind for line in late} == {Kind.late}
    found = {
        (line.day - event.happened_at.date()) // timedelta(days=1)
        for line, event in zip(late, EVENTS, strict=True)
    }
    assert found == {1, 2, 3}


def test_a_broken_line_comes_on_top_and_says_why_it_is_refused():
    found = lines(broken=1)
    assert [line.text for line in found if line.kind is Kind.event] == [
        line.text for line in lines()
    ]
    broken = {line.reason: line.text for line in found if line.kind is Kind.broken}
    with pytest.raises(json.JSONDecodeError):
        json.loads(broken.pop("malformed_json"))
    records = {reason: json.loads(text) for reason, text in broken.items()}
    assert records["missing_key:visitor_id"]["visitor_id"] is None
    assert records["wrong_type:event_time"]["event_time"] == "yesterday"
    assert records["unknown_event_type"]["event_type"] == "hover"
    assert len(records) == 3
