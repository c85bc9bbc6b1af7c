"""What a message is meant to be, and what a consumer that keeps the contract does with it."""

from enum import IntEnum


class Kind(IntEnum):
    """What was done to a message on purpose; the number stands in the rows of a run."""

    plain = 0
    null_user_id = 1
    null_dish_id = 2
    price_not_positive = 3
    quantity_not_positive = 4
    outlier = 5
    high_value = 6
    late = 7
    burst = 8
    # From here on hostile: on top of the orders that were asked for.
    not_json = 9
    not_utf8 = 10
    not_an_object = 11
    tombstone = 12
    empty_value = 13
    unknown_version = 14
    future_time = 15
    epoch_time = 16
    emoji = 17
    right_to_left = 18
    oversize = 19


class Fraud(IntEnum):
    """The label of an order; it stands in the expected file and never in the event."""

    none = 0
    high_value = 1
    velocity = 2
    new_account = 3
    impossible_travel = 4
    shared_instrument = 5


# In turn; `oversize` is left out, because a few of those are enough.
HOSTILE = tuple(kind for kind in Kind if Kind.not_json <= kind < Kind.oversize)

VALID = ""
# By the names that bronze and the verdict of a declared record have for them.
_DEAD_LETTER = {
    Kind.null_user_id: "missing_key:user_id",
    Kind.null_dish_id: "missing_key:dish_id",
    Kind.price_not_positive: "price_not_positive",
    Kind.quantity_not_positive: "quantity_not_positive",
    Kind.not_json: "malformed_json",
    Kind.not_utf8: "invalid_utf8",
    Kind.not_an_object: "malformed_json",
    Kind.tombstone: "no_value",
    Kind.empty_value: "empty_line",
    Kind.unknown_version: "unknown_schema_version",
    Kind.future_time: "future_event_time",
    Kind.epoch_time: "order_time_too_old",
}


def dead_letter_reason(kind: Kind) -> str:
    """Why a message of that kind is no valid order; empty if it is one."""
    return _DEAD_LETTER.get(kind, VALID)
