"""Messages that no consumer should have to expect, and that come all the same."""

import json
from base64 import b64encode

import numpy as np

from operations.orders.kinds import HOSTILE, Kind
from operations.orders.menus import FIRST_EMOJI, FIRST_RIGHT_TO_LEFT, NOTES
from operations.orders.rows import Ints, Random, Rows
from operations.orders.settings import Options

OVERSIZE_BYTES = 2_000_000
UNKNOWN_VERSION = 9
FUTURE_MS = 4_102_444_800_000  # 2100-01-01


def hostile_kinds(options: Options) -> Ints:
    """The kinds of a run in the order in which they are sent, spread evenly over it.

    Each kind occurs if any is asked for.
    """
    wanted = options.defects.hostile * options.count
    count = max(len(HOSTILE), round(wanted)) if wanted else 0
    kinds = [HOSTILE[number % len(HOSTILE)] for number in range(count)]
    step = max(1, len(kinds) // max(1, options.defects.oversize))
    for number in range(options.defects.oversize):
        kinds.insert(number * (step + 1) + step // 2, Kind.oversize)
    return np.array(kinds, "i8")


def make_hostile(rows: Rows, kinds: Ints) -> None:
    """Changes orders by habit into what the kinds ask for, as far as an order can be that."""
    rows["kind"] = kinds
    rows["version"] = np.where(kinds == Kind.unknown_version, UNKNOWN_VERSION, 3)
    rows["order_time"] = np.where(
        kinds == Kind.future_time,
        FUTURE_MS + rows["order_time"] % 86_400_000,
        np.where(kinds == Kind.epoch_time, 0, rows["order_time"]),
    )
    notes = np.arange(len(rows)) + rows["moment"]
    emoji = FIRST_EMOJI + notes % (FIRST_RIGHT_TO_LEFT - FIRST_EMOJI)
    leftward = FIRST_RIGHT_TO_LEFT + notes % (len(NOTES) - FIRST_RIGHT_TO_LEFT)
    rows["note"] = np.where(kinds == Kind.emoji, emoji, rows["note"])
    rows["note"] = np.where(kinds == Kind.right_to_left, leftward, rows["note"])


def hostile_value(kind: Kind, value: bytes, random: Random) -> bytes | None:
    """The bytes of a message of that kind, from those of the order that it is made of."""
    if kind is Kind.tombstone:
        return None
    if kind is Kind.empty_value:
        return b""
    if kind is Kind.not_json:
        return (value[: len(value) // 2], b"order: 2 x pizza")[random.integers(2)]
    if kind is Kind.not_utf8:
        return b"\xff\xfe\x00" + random.bytes(40)
    if kind is Kind.not_an_object:
        documents = (b"[" + value + b"]", b'"an order"', b"42", b"null")
        return documents[random.integers(len(documents))]
    if kind is Kind.unknown_version:
        return value[:-1] + b',"tip":{"amount":1.5}}'
    if kind is Kind.oversize:
        # Text that does not compress well, so that it is large for the broker, too.
        text = b64encode(random.bytes(OVERSIZE_BYTES * 3 // 4)).decode()
        return json.dumps(json.loads(value) | {"message": text}, separators=(",", ":")).encode()
    return value
