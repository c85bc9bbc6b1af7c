"""The only writer of the tables of `learning`. A statement that is repeated adds nothing twice.

The drift of the score is written last: with it, a cut-off has been scored by a version.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

import pandas as pd

from operations.learning.candidate import Candidate, Decision
from operations.learning.evaluation import Interval
from operations.queries import Cursor, rows

TABLES = {
    "churn": "learning.churn_scores",
    "segments": "learning.customer_segments",
    "recommendations": "learning.product_recommendations",
}
SCORE = "score"
# Types of what differs from table to table, and which of it belongs to the key.
_OWN: Mapping[str, Mapping[str, str]] = {
    "churn": {"customer_key": "string", "churn_probability": "decimal(9,6)"},
    "segments": {"customer_key": "string", "segment": "string"},
    "recommendations": {
        "customer_key": "string",
        "product_key": "string",
        "recommendation_rank": "int",
        "score": "decimal(12,6)",
    },
}
_KEY = {"customer_key", "recommendation_rank", "feature", "model"}
_BATCH = 5_000


def write_run(
    cursor: Cursor,
    candidate: Candidate,
    decision: Decision,
    shop: str,
    identity: Mapping[str, str],
) -> None:
    """Writes down how a training ended. ``identity``: run_id, model_version, fingerprint."""
    main = candidate.main
    values: dict[str, object] = {
        **identity,
        "model": candidate.model,
        "shop": shop,
        "status": decision.status,
        "reason": decision.reason,
        "cutoff_date": str(candidate.cutoff),
        "train_rows": candidate.train_rows,
        "test_rows": candidate.test_rows,
        "metric": main.metric,
        "baseline": main.baseline_name,
        "trained_at": datetime.now(UTC).isoformat(),
        **_figures("metric", main.model, "_value"),
        **_figures("baseline", main.baseline, "_value"),
        **_figures("difference", main.difference, ""),
    }
    types = {"cutoff_date": "date", "trained_at": "timestamp", "train_rows": "bigint",
             "test_rows": "bigint"}  # fmt: skip
    columns = ", ".join(
        f"cast(:{name} as {types.get(name, _type_of(value))}) as {name}"
        for name, value in values.items()
    )
    cursor.execute(
        f"""merge into learning.model_runs as kept using (select {columns}) as arrived
        on kept.model = arrived.model and kept.shop = arrived.shop
            and kept.model_version = arrived.model_version
        when not matched then insert *""",
        {name: str(v) if isinstance(v, float) else v for name, v in values.items()},
    )


def _type_of(value: object) -> str:
    return "decimal(9,6)" if isinstance(value, float) else "string"


def _figures(name: str, interval: Interval, suffix: str) -> dict[str, float]:
    return {
        f"{name}{suffix}": round(float(interval.value), 6),
        f"{name}_low": round(float(interval.low), 6),
        f"{name}_high": round(float(interval.high), 6),
    }


def trained_before(
    cursor: Cursor, model: str, shop: str, fingerprint: str
) -> tuple[str, bool] | None:
    """The version of the newest training and whether it was promoted, if it learned from just this.

    None if it learned from something else, or nothing has been trained.
    """
    found = rows(
        cursor,
        """select model_version, fingerprint, status from learning.model_runs
        where model = :model and shop = :shop order by trained_at desc limit 1""",
        model=model,
        shop=shop,
    )
    if not found or found[0][1] != fingerprint:
        return None
    return str(found[0][0]), found[0][2] == "promoted"


def is_scored(cursor: Cursor, model: str, shop: str, version: str, cutoff: date) -> bool:
    """Whether a version has scored a cut-off to the end."""
    return bool(
        rows(
            cursor,
            """select 1 from learning.feature_drift
            where model = :model and shop = :shop and model_version = :version
                and cutoff_date = cast(:cutoff as date) and feature = :score""",
            model=model,
            shop=shop,
            version=version,
            cutoff=str(cutoff),
            score=SCORE,
        )
    )


def write_scores(
    cursor: Cursor, model: str, shop: str, version: str, cutoff: date, scores: pd.DataFrame
) -> int:
    """Adds the predictions of a version for a cut-off; returns how many rows they are."""
    common = {"shop": shop, "model_version": version, "cutoff_date": str(cutoff)}
    listed = scores[list(_OWN[model])].to_dict("records")
    _append(cursor, TABLES[model], common, _OWN[model], listed)
    return len(listed)


def write_drift(
    cursor: Cursor, model: str, shop: str, version: str, cutoff: date, drift: Mapping[str, float]
) -> None:
    """Adds how far each feature has moved, the score last."""
    common = {"shop": shop, "model_version": version, "cutoff_date": str(cutoff)}
    types = {"model": "string", "feature": "string", "psi": "decimal(12,6)"}
    listed = [{"model": model, "feature": name, "psi": round(value, 6)}
              for name, value in drift.items()]  # fmt: skip
    for part in ([row for row in listed if row["feature"] != SCORE],
                 [row for row in listed if row["feature"] == SCORE]):  # fmt: skip
        _append(cursor, "learning.feature_drift", common, types, part)


def _append(
    cursor: Cursor,
    table: str,
    common: Mapping[str, str],
    types: Mapping[str, str],
    listed: Sequence[Mapping[str, object]],
) -> None:
    """Adds rows that are not there yet, a batch at a time."""
    shape = ", ".join(f"{name}: {kind}" for name, kind in types.items())
    key = ("shop", "model_version", "cutoff_date", *(name for name in types if name in _KEY))
    matches = " and ".join(f"kept.{name} = arrived.{name}" for name in key)
    for start in range(0, len(listed), _BATCH):
        text = json.dumps(listed[start : start + _BATCH])
        cursor.execute(
            f"""merge into {table} as kept
            using (
                select :shop as shop, :model_version as model_version,
                    cast(:cutoff_date as date) as cutoff_date, one.*,
                    cast(:scored_at as timestamp) as scored_at
                from (select inline(from_json(:listed, 'array<struct<{shape}>>'))) as one
            ) as arrived
            on {matches}
            when not matched then insert *""",
            {**common, "listed": text, "scored_at": datetime.now(UTC).isoformat()},
        )
