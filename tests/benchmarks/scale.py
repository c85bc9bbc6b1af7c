"""How large the account is that a benchmark makes up."""

from dataclasses import dataclass

NEWEST_DAY = "2026-03-31"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Counts of what an account has; the rows of every mart follow from them.

    ``days`` of history end with NEWEST_DAY. Of ``clusters`` so many as ``running`` are up at any
    time. ``tables_per_source`` are those that a file of a source has to reach: bronze, silver and
    what is built on them.
    """

    name: str
    days: int
    jobs: int
    workspaces: int = 50
    regions: int = 3
    skus: int = 12
    clusters: int = 300
    running: int = 60
    sources: int = 13
    tables_per_source: int = 5
    tasks_per_run: int = 3
    actions: int = 120
    detections_per_day: int = 2000


FULL = Scale(name="full", days=90, jobs=5000)
QUICK = Scale(name="quick", days=9, jobs=500)
