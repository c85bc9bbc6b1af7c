"""Failing rounds shrink to what makes them fail, and worlds hold what they say."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tests.faults.rounds import round_of
from tests.faults.shrink import shrunk, smallest
from tests.faults.world import World


@given(st.lists(st.integers(0, 30), unique=True, max_size=20), st.sets(st.integers(0, 30)))
def test_only_what_is_needed_to_fail_is_left(items: list[int], guilty: set[int]) -> None:
    needed = guilty & set(items)
    left = smallest(items, lambda some: needed <= set(some), most_tries=1000)
    assert set(left) == needed


def test_no_more_tries_than_allowed() -> None:
    asked: list[int] = []

    def fails(some: object) -> bool:
        asked.append(1)
        return False

    assert smallest(range(50), fails, most_tries=7) == list(range(50))
    assert len(asked) == 7


def test_a_round_shrinks_to_the_account_and_the_fault_that_matter() -> None:
    whole = round_of(3, 0, 6)
    account, fault = whole.world.accounts[4], whole.faults[-1]
    found = shrunk(
        whole, lambda r: account in r.world.accounts and fault in r.faults, most_tries=200
    )
    assert found.world.accounts == (account,)
    assert found.faults == (fault,)


def test_an_account_delivers_the_same_whoever_else_is_there() -> None:
    whole = round_of(5, 2, 3)
    alone = whole.of(whole.world.accounts[1:2], whole.faults)
    parcels = {p.key: p.content for p in whole.world.parcels if p.account}
    assert alone.world.parcels
    assert all(parcels[p.key] == p.content for p in alone.world.parcels if p.account)
    assert set(alone.faults) <= set(whole.faults)


def test_corrections_count_with_their_sign() -> None:
    world: World = round_of(5, 2, 8).world
    assert any(record.kind == "RETRACTION" for record in world.usage)
    expected = world.expected()
    total = sum((quantity for quantity, _ in expected.money.values()), Decimal(0))
    assert total == sum((record.quantity for record in world.usage), Decimal(0))
