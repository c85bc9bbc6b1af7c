"""A model card: what a model is for, what it learned from, how good it is, as Markdown."""

from collections.abc import Iterable, Sequence

import pandas as pd

from operations.learning.candidate import Candidate, Decision

_PURPOSE = {
    "churn": (
        "How likely a customer who bought within the last 180 days buys nothing within the "
        "horizon. To decide whom to write to; not to refuse anything to anybody."
    ),
    "segments": (
        "Groups of customers who are alike in how lately, how often and for how much they bought. "
        "To speak about customers and to choose whom an offer is for."
    ),
    "recommendations": (
        "Ten products that a customer has not bought within 180 days and may want. To fill a place "
        "in a mail or on a page; it knows what was bought together, not what a product is."
    ),
}
_METHOD = {
    "churn": (
        "Logistic regression over logarithms of the features, calibrated with a sigmoid on folds "
        "that share no customer. It learns from cut-offs whose horizon was over by the cut-off "
        "that it is judged on. The baseline ranks by days since the last purchase; its probability "
        "is the share lost at that recency among the training rows."
    ),
    "segments": (
        "k-means over scaled logarithms of recency, frequency and monetary value. The number of "
        "segments is the one with the highest silhouette of those whose mean adjusted Rand index "
        "over 20 bootstraps is at least 0.8. Names follow from the centres, and stay with the "
        "nearest centre of the version in use. The baseline adds up fifths of the three measures "
        "and cuts the sum into as many equal groups."
    ),
    "recommendations": (
        "Factors of products by Spark's ALS for implicit feedback; a customer's factors follow "
        "from what the customer bought. Judged by the new products that customers bought in the "
        "four weeks after the cut-off. The baseline recommends what most customers bought in the "
        "four weeks before."
    ),
}
_LIMITS = {
    "churn": "Half a year of one shop holds no season twice; buyers without a number are unknown.",
    "segments": "Segments describe, they do not predict; nothing says that groups exist by nature.",
    "recommendations": "Products nobody bought before the cut-off cannot be recommended.",
}


def card(candidate: Candidate, shop: str, decision: Decision) -> str:
    """The card of one training."""
    metrics = pd.DataFrame(
        [
            (one.metric, str(one.model), str(one.baseline), str(one.difference))
            for one in candidate.comparisons
        ],
        columns=["metric", "model", candidate.main.baseline_name, "difference"],
    )
    facts = (
        f"Shop {shop}, judged on the cut-off {candidate.cutoff}: {candidate.train_rows:,} rows to "
        f"learn from, {candidate.test_rows:,} to judge by."
    )
    parts = [
        f"# {candidate.model}, {shop}",
        f"**What for.** {_PURPOSE[candidate.model]}",
        f"**How.** {_METHOD[candidate.model]}",
        f"**Data.** {facts}",
        f"**Parameters.** {', '.join(f'{k} {v}' for k, v in candidate.parameters.items())}.",
        f"**Verdict.** {decision.status}: {decision.reason}",
        "## Beside the baseline, same rows, 95 % intervals",
        markdown(metrics),
        *(
            text
            for title, table in candidate.tables.items()
            for text in (f"## {title}", markdown(table))
        ),
        f"**Limits.** {_LIMITS[candidate.model]}",
    ]
    return "\n\n".join(parts) + "\n"


def markdown(table: pd.DataFrame) -> str:
    """A table of text as Markdown."""
    rule = ["---"] * len(table.columns)
    rows = [list(table.columns), rule, *table.itertuples(index=False)]
    return "\n".join(_line(row) for row in rows)


def _line(cells: Iterable[object] | Sequence[object]) -> str:
    return f"| {' | '.join(map(str, cells))} |"
