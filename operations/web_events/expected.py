"""What a correct warehouse makes of a run, counted from the sessions and never from its lines."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import date

from operations.web_events.lines import Kind, Line
from operations.web_events.model import Session, Step

# The columns of the funnel, by the step that a session must have reached.
COLUMNS = {
    Step.view: "viewed_count",
    Step.add_to_cart: "carted_count",
    Step.checkout: "checked_out_count",
    Step.purchase: "purchased_count",
}


class Tally:
    """Counts of sessions by day, device and last step, and of lines by what they are."""

    def __init__(self) -> None:
        self.sessions: Counter[tuple[date, str, Step]] = Counter()
        self.kinds: Counter[Kind] = Counter()
        self.reasons: Counter[str] = Counter()
        self.events = 0

    def add_session(self, session: Session) -> None:
        """Takes in a session."""
        self.sessions[session.day, session.device, session.reached] += 1
        self.events += len(session.events)

    def add_line(self, line: Line) -> None:
        """Takes in a line that is delivered."""
        self.kinds[line.kind] += 1
        if line.reason:
            self.reasons[line.reason] += 1

    def reached(self, step: Step) -> int:
        """Sessions that went at least so far."""
        return sum(count for (_, _, last), count in self.sessions.items() if last >= step)

    def expected(self, run: Mapping[str, object]) -> dict[str, object]:
        """The content of the expected file. Days are UTC."""
        return {
            "run": dict(run),
            "lines": self.kinds.total(),
            "events": self.events,
            "late": self.kinds[Kind.late],
            "duplicates": self.kinds[Kind.duplicate],
            "quarantined": dict(sorted(self.reasons.items())),
            "sessions": self.sessions.total(),
            "reached": {step.name: self.reached(step) for step in Step},
            "funnel": self._funnel(),
        }

    def _funnel(self) -> list[dict[str, object]]:
        rows: dict[tuple[date, str], Counter[str]] = {}
        for (day, device, last), count in self.sessions.items():
            row = rows.setdefault((day, device), Counter())
            row["session_count"] += count
            for step, column in COLUMNS.items():
                row[column] += count if last >= step else 0
        return [
            {"session_date": day.isoformat(), "device": device, **rows[day, device]}
            for day, device in sorted(rows)
        ]


def encode_expected(expected: Mapping[str, object]) -> bytes:
    """The bytes of the file."""
    return json.dumps(expected, indent=2).encode() + b"\n"
