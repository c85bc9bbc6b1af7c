"""Corrections put under what they correct: a retraction names no record, so it is matched."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from operations.trace.records import UsageRecord


@dataclass(slots=True, kw_only=True)
class Entry:
    """A record with the corrections that followed from it, oldest first.

    `is_unmatched` marks a correction of which nothing that it could correct is here.
    """

    record: UsageRecord
    corrections: list["Entry"] = field(default_factory=list)
    is_unmatched: bool = False


def group_corrections(records: Iterable[UsageRecord]) -> list[Entry]:
    """Every record once, as a tree.

    A retraction belongs to the first record of the same usage whose quantity it takes back; a
    restatement to the first such retraction that nothing has been restated for; and a restatement
    can be retracted again. Records come in the order of arrival.
    """
    entries = [Entry(record=record) for record in records]
    charges = [e for e in entries if e.record.record_type != "RETRACTION"]
    retractions = [e for e in entries if e.record.record_type == "RETRACTION"]
    retracted = _match(charges, retractions)
    restatements = [e for e in charges if e.record.record_type == "RESTATEMENT"]
    _place_restatements(restatements, [r for r in retractions if id(r) in retracted], retracted)
    placed = {id(child) for entry in entries for child in entry.corrections}
    top = [entry for entry in entries if id(entry) not in placed]
    for entry in top:
        entry.is_unmatched = entry.record.record_type != "ORIGINAL"
    return top


def _match(charges: list[Entry], retractions: list[Entry]) -> dict[int, Entry]:
    """Hangs each retraction under the charge that it takes back; returns retraction to charge."""
    open_charges: dict[object, list[Entry]] = {}
    # Originals first: a restatement that is retracted again often has another quantity.
    for charge in sorted(charges, key=lambda entry: entry.record.record_type != "ORIGINAL"):
        key = (charge.record.usage, charge.record.quantity)
        open_charges.setdefault(key, []).append(charge)
    matched: dict[int, Entry] = {}
    for retraction in retractions:
        waiting = open_charges.get((retraction.record.usage, -retraction.record.quantity))
        if waiting:
            charge = waiting.pop(0)
            charge.corrections.append(retraction)
            matched[id(retraction)] = charge
    return matched


def _place_restatements(
    restatements: list[Entry], retractions: list[Entry], retracted: dict[int, Entry]
) -> None:
    free = list(retractions)
    for restatement in restatements:
        for retraction in free:
            charge = retracted[id(retraction)]
            same_usage = charge.record.usage == restatement.record.usage
            if same_usage and not _is_under(charge, restatement):
                charge.corrections.append(restatement)
                free.remove(retraction)
                break


def _is_under(entry: Entry, ancestor: Entry) -> bool:
    """Whether `entry` is `ancestor` or hangs anywhere below it: a tree has no circles."""
    return entry is ancestor or any(_is_under(entry, child) for child in ancestor.corrections)
