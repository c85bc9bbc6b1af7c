"""A person answers for an alert."""

from dataclasses import replace
from datetime import UTC, datetime

from operations.alerting import store
from operations.alerting.errors import AlertUnknown
from operations.alerting.fold import State, fold
from operations.alerting.model import Alert, Kind
from operations.alerting.transitions import Clock
from operations.queries import Cursor


def acknowledge(cursor: Cursor, alert_id: str, by: str, why: str, run_id: str) -> Alert:
    """Writes down who answers for an open alert and why; gives the alert.

    Raises:
        AlertUnknown: if no open alert is called so, or the texts are empty.
    """
    alert = chosen(fold(store.read(cursor)), alert_id)
    if not by.strip() or not why.strip():
        raise AlertUnknown("An acknowledgement says by whom and why: --by WHO --why WHY.")
    now = datetime.now(UTC)
    clock = Clock(now=now, recorded_at=now, run_id=run_id)
    event = clock.event(
        Kind.acknowledged, 0, alert.alert_id, (alert.rule, alert.subject), detail=why.strip()
    )
    store.append(cursor, [replace(event, actor=by.strip())])
    return alert


def chosen(state: State, alert_id: str) -> Alert:
    """The open alert whose id begins so.

    Raises:
        AlertUnknown: if there is none, or more than one.
    """
    found = [alert for key, alert in state.open.items() if alert_id and key.startswith(alert_id)]
    if len(found) == 1:
        return found[0]
    what = f"{len(found)} open alerts begin with" if found else "No open alert is called"
    raise AlertUnknown(f"{what} {alert_id!r}: lakeledger alerts list.")
