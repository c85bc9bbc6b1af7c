"""Made-up customers: frames as the reader gives them, drawn with a seed."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

FIRST = date(2011, 1, 3)


def history(weeks: int = 16, customers: int = 60, horizon: int = 28, seed: int = 7) -> pd.DataFrame:
    """Features with outcomes: who buys often and lately comes back more likely."""
    rng = np.random.default_rng(seed)
    frames = []
    for week in range(weeks):
        cutoff = FIRST + timedelta(weeks=week)
        often = rng.integers(1, 12, customers).astype(float)
        recency = rng.integers(1, 120, customers).astype(float)
        lost = rng.random(customers) < 1 / (1 + np.exp(0.6 * often - recency / 90 - 2))
        frames.append(
            pd.DataFrame(
                {
                    "customer_key": [f"c{number}" for number in range(customers)],
                    "cutoff_date": cutoff,
                    "recency_days": recency,
                    "tenure_days": recency + 20,
                    "order_count": often,
                    "order_count_30d": np.where(recency <= 30, 1.0, 0.0),
                    "order_count_90d": np.where(recency <= 90, 1.0, 0.0),
                    "order_days": often,
                    "revenue": often * 20,
                    "revenue_30d": np.where(recency <= 30, 20.0, 0.0),
                    "revenue_90d": np.where(recency <= 90, 20.0, 0.0),
                    "average_basket": 20.0,
                    "product_count_90d": 3.0,
                    "returned_share": 0.0,
                    "mean_gap_days": np.where(often > 1, 20 / np.maximum(often - 1, 1), np.nan),
                    "is_churned": lost,
                    "horizon_ended_date": cutoff + timedelta(days=horizon),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def rfm(customers: int = 300, seed: int = 3) -> pd.DataFrame:
    """Customers of one cut-off in three groups that lie far apart, in turn."""
    rng = np.random.default_rng(seed)
    centres = np.array([(5, 20, 5000), (40, 3, 600), (150, 1, 80)], dtype=float)
    values = centres[np.arange(customers) % 3] * np.exp(rng.normal(0, 0.1, (customers, 3)))
    frame = pd.DataFrame(values, columns=["recency_days", "order_count", "revenue"])
    keys = [f"c{number}" for number in range(customers)]
    return frame.assign(customer_key=keys, cutoff_date=FIRST)


def purchases(customers: int = 80, weeks: int = 12, seed: int = 5) -> pd.DataFrame:
    """Two tastes: customers of even number buy products `a…`, the others `b…`."""
    rng = np.random.default_rng(seed)
    rows = [
        (f"c{who}", f"{'ab'[who % 2]}{rng.integers(0, 30)}", FIRST + timedelta(days=int(day)), 1.0)
        for who in range(customers)
        for day in rng.integers(0, 7 * weeks, 20)
    ]
    # The last day has been heard of.
    rows.append(("late", "a0", FIRST + timedelta(days=7 * weeks), 1.0))
    columns = ["customer_key", "product_key", "order_date", "order_count"]
    return pd.DataFrame(rows, columns=columns).drop_duplicates(columns[:3])
