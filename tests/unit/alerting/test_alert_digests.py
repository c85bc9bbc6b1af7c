"""Which digests are due on a channel, and that each change is told once, whenever a run dies."""

from hypothesis import given
from hypothesis import strategies as st

from operations.alerting.model import Kind, alert_id_of
from tests.unit.alerting.samples import MINUTE, History, finding, rule

HOUR = 60 * MINUTE


def told(history: History, channel: str = "mail") -> list[list[tuple[str, Kind]]]:
    """Subjects and kinds of each digest that is due."""
    return [[(e.subject, e.kind) for e in batch.events] for batch in history.due(channel).due]


def test_all_that_is_new_is_told_in_one_digest_and_once() -> None:
    history = History()
    history.stale(25, 49)
    assert told(history) == [[("source-0", Kind.opened), ("source-1", Kind.opened)]]
    history.send()
    assert told(history) == []
    history.stale(25, 49)
    assert told(history) == []
    history.stale(49, 0)
    assert told(history) == [[("source-0", Kind.raised), ("source-1", Kind.resolved)]]


def test_what_opened_and_ended_before_it_was_told_is_one_entry() -> None:
    history = History()
    history.stale(25, 25)
    history.stale(0, 25)
    (batch,) = history.due().due
    entries = [(entry.subject, entry.is_over, len(entry.events)) for entry in batch.entries()]
    assert entries == [("source-1", False, 1), ("source-0", True, 2)]


def test_a_digest_that_was_begun_is_repeated_as_it_was() -> None:
    history = History()
    history.stale(25)
    (begun,) = history.due().due
    history.note(begun, Kind.sending)
    history.stale(25, 25)
    again, new = history.due().due
    assert (again.digest_id, again.covers, again.begun_at) == (
        begun.digest_id,
        begun.covers,
        begun.begun_at,
    )
    assert again.repeated
    assert not new.repeated
    assert not set(new.covers) & set(again.covers)
    history.send()
    assert history.due().due == ()


def test_a_digest_that_was_refused_is_told_with_what_is_new() -> None:
    history = History()
    history.stale(25)
    (refused,) = history.due().due
    history.note(refused, Kind.sending)
    history.note(refused, Kind.failed)
    history.stale(25, 25)
    assert told(history) == [[("source-0", Kind.opened), ("source-1", Kind.opened)]]


def test_the_same_digest_that_was_refused_and_then_taken_counts_as_taken() -> None:
    history = History()
    history.stale(25)
    (refused,) = history.due().due
    history.note(refused, Kind.sending)
    history.note(refused, Kind.failed)
    assert [batch.digest_id for batch in history.send()] == [refused.digest_id]
    assert history.due().due == ()


def test_over_the_limit_of_an_hour_it_waits_and_is_told_later() -> None:
    history = History()
    for count in (1, 2):
        history.stale(*[25] * count)
        history.send(per_hour=2)
    history.stale(25, 25, 25)
    held = history.due(per_hour=2)
    assert (held.due, held.waiting) == ((), 1)
    history.now += HOUR
    (batch,) = history.due(per_hour=2).due
    assert [event.subject for event in batch.events] == ["source-2"]


def test_what_is_critical_does_not_wait() -> None:
    history = History(rules=(rule("stale-data", (("HIGH", 24), ("CRITICAL", 48))),))
    history.stale(25)
    history.send()
    history.stale(25, 25)
    assert history.due(per_hour=1).due == ()
    history.stale(49, 25)
    (batch,) = history.due(per_hour=1).due
    assert len(batch.events) == 2


def test_pages_are_of_rules_that_page_and_of_what_was_escalated() -> None:
    history = History(rules=(rule(), rule("lag", channel="page")))
    both = {"stale-data": [finding()], "lag": [finding("late")]}
    history.check(both)
    assert told(history, "slack-1") == [[("late", Kind.opened)]]
    history.send("slack-1")
    history.acknowledge(alert_id_of("lag", "late"))
    history.check(both, 2 * HOUR)
    (batch,) = history.due("slack-1").due
    assert [(e.subject, e.kind) for e in batch.events] == [
        ("audit_logs", Kind.opened),
        ("audit_logs", Kind.escalated),
    ]
    history.send("slack-1")
    history.check({"stale-data": [], "lag": [finding("late")]})
    assert told(history, "slack-1") == [[("audit_logs", Kind.resolved)]]


def test_a_channel_that_is_new_is_told_what_is_open_and_not_what_is_long_over() -> None:
    history = History()
    history.stale(25, 25)
    history.stale(25, 0)
    history.now += 8 * 24 * HOUR
    assert told(history) == [[("source-0", Kind.opened)]]


# What a run lives to do with each digest that is due: nothing, begin it, hand it over, note it.
LIVES = st.sampled_from(("dies before", "begins", "hands over", "is refused", "ends"))


@given(st.lists(st.tuples(st.tuples(*[st.sampled_from((0.0, 25.0, 49.0))] * 2), LIVES), max_size=8))
def test_each_change_is_told_in_one_message_whenever_a_run_dies(
    runs: list[tuple[tuple[float, float], str]],
) -> None:
    history = History()
    arrived: dict[str, set[str]] = {}
    for values, life in [*runs, ((0.0, 0.0), "ends"), ((0.0, 0.0), "ends")]:
        history.stale(*values)
        for batch in history.due(per_hour=1000).due:
            if life == "dies before":
                break
            if not batch.repeated:
                history.note(batch, Kind.sending)
            if life == "begins":
                break
            if life == "is refused":
                if not batch.repeated:
                    history.note(batch, Kind.failed)
                break
            arrived.setdefault(batch.digest_id, set(batch.covers))
            assert arrived[batch.digest_id] == set(batch.covers)
            if life == "hands over":
                break
            history.note(batch, Kind.sent)
    told_of = [event_id for covers in arrived.values() for event_id in covers]
    changes = {event.event_id for event in history.events if event.alert_id}
    assert set(told_of) == changes
    assert len(told_of) == len(changes)
