"""The budget that spend is held against: where the rules of alerts have it."""

from ingestion.bounded_yaml import read_yaml
from warehouse.settings import PROJECT

_RULES = PROJECT / "resources" / "alert_rules.yml"


def monthly_budget() -> float | None:
    """What an account may cost in a month, in its billing currency; None where nobody has said."""
    if not _RULES.exists():
        return None
    budget = (
        read_yaml(_RULES.read_text(encoding="utf-8")).get("parameters", {}).get("monthly_budget")
    )
    return None if budget is None else float(budget)
