"""Sessions of an order: what happens in them, and how many leave at each step."""

from collections import Counter
from datetime import timedelta

import pytest
from shop import CATALOGUE, OPENED, order, orders

from operations.web_events.errors import BadOptionError
from operations.web_events.model import Step
from operations.web_events.sessions import sessions_of
from operations.web_events.settings import DefectRates, Options, Rates, parse_day

RATES = Rates(cart=0.4, checkout=0.5, purchase=0.8)


def sessions(count=1, missing_steps=0.0, seed=1):
    return [
        session
        for one in orders(count)
        for session in sessions_of(one, CATALOGUE, RATES, missing_steps, seed)
    ]


def test_the_order_is_the_last_event_of_the_session_that_placed_it():
    bought = order(1)
    session = next(sessions_of(bought, CATALOGUE, RATES, 0, 1))
    steps = [event.step.name for event in session.events]
    assert steps == ["view"] * 2 + ["add_to_cart"] * 2 + ["checkout", "purchase"]
    last = session.events[-1]
    assert (last.order_id, last.customer_id) == ("o1", "c1")
    assert last.happened_at == bought.ordered_at
    assert [event.product_id for event in session.events] == ["p1", "p2", "p1", "p2", None, None]


def test_a_session_that_leaves_says_neither_order_nor_customer():
    leaving = [session for session in sessions(50) if session.reached is not Step.purchase]
    assert {session.reached for session in leaving} == set(Step) - {Step.purchase}
    events = [event for session in leaving for event in session.events]
    assert {(event.order_id, event.customer_id) for event in events} == {(None, None)}
    assert {event.step for event in events} == set(Step) - {Step.purchase}


def test_steps_come_in_their_order_and_time_never_goes_back():
    for session in sessions(50):
        assert sorted(session.events, key=lambda e: (e.happened_at, e.step)) == list(session.events)
        assert session.events[-1].step is session.reached


def test_a_session_belongs_to_the_day_of_its_first_event():
    session = next(sessions_of(order(0), CATALOGUE, RATES, 0, 1))
    assert session.events[-1].happened_at == OPENED
    assert session.day == OPENED.date() - timedelta(days=1)


def test_rates_are_kept_in_the_mean():
    reached = Counter(session.reached for session in sessions(3000))
    at_least = {step: sum(n for last, n in reached.items() if last >= step) for step in Step}
    assert at_least[Step.purchase] == 3000
    for step, rate in ((Step.view, 0.4), (Step.add_to_cart, 0.5), (Step.checkout, 0.8)):
        assert at_least[Step(step + 1)] / at_least[step] == pytest.approx(rate, abs=0.01)


def test_a_lost_step_is_never_the_last_one():
    lossy = [session for session in sessions(40, missing_steps=1) if session.reached > Step.view]
    lost = Counter()
    for session in lossy:
        missing = set(Step) - {event.step for event in session.events}
        gone = {step for step in missing if step < session.reached}
        assert len(gone) == 1
        assert session.events[-1].step is session.reached
        lost.update(gone)
    assert set(lost) == set(Step) - {Step.purchase}


def test_an_order_without_items_is_bought_all_the_same():
    session = next(sessions_of(order(product_ids=()), CATALOGUE, RATES, 0, 1))
    assert [event.step for event in session.events] == list(Step)
    assert {event.product_id for event in session.events} == {None}


def test_the_seed_makes_the_sessions_and_other_orders_do_not():
    alone = list(sessions_of(order(3), CATALOGUE, RATES, 0, 1))
    among = sessions(5)
    assert [session for session in among if session in alone] == alone
    assert not {s.session_id for s in sessions(5)} & {s.session_id for s in sessions(5, seed=2)}
    ids = [event.event_id for session in among for event in session.events]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Rates(cart=0), "--cart-rate is 0"),
        (lambda: Rates(purchase=1.1), "--purchase-rate is 1.1"),
        (lambda: Rates(cart=float("nan")), "--cart-rate is nan"),
        (lambda: Rates(cart=0.01, checkout=0.01, purchase=1), "0.000100 of the sessions"),
        (lambda: DefectRates(missing_steps=2), "--missing-steps is 2"),
        (lambda: Options(seed=-1), "--seed is -1"),
        (lambda: Options(days=0), "--days is 0"),
        (lambda: parse_day("May"), "--start is 'May'"),
    ],
)
def test_an_option_without_sense_is_named(make, said):
    with pytest.raises(BadOptionError, match=said):
        make()
