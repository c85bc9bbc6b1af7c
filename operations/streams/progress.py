"""How far a query has come, as its checkpoint says."""

import json
from pathlib import Path


def done(checkpoint: Path) -> dict[int, int]:
    """The offset behind the newest message of an ended batch, by partition; empty before any."""
    newest = max(
        (int(f.name) for f in checkpoint.glob("commits/*") if f.name.isdigit()), default=-1
    )
    if newest < 0:
        return {}
    return offsets((checkpoint / "offsets" / str(newest)).read_text(encoding="utf-8"))


def offsets(text: str) -> dict[int, int]:
    """Offsets by partition out of an entry of Spark's log: a version, metadata, one source."""
    found: dict[str, dict[str, int]] = json.loads(text.splitlines()[2])
    return {int(number): end for ends in found.values() for number, end in ends.items()}
