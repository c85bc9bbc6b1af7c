"""Which tables have to be up to date before a close: all above bronze that are no views."""

from operations.close.graph import Graph, Node


def node(key: str, *below: str, kind: str = "table") -> Node:
    layer, name = key.split(".")
    return Node(
        relation=f"`c`.`{layer}`.`{name}`",
        name=name,
        is_view=kind == "view",
        is_gold=layer.startswith("gold"),
        is_source=kind == "source",
        code=None,
        depends_on=below,
    )


GRAPH = Graph(
    {
        "bronze": node("bronze.usage", kind="source"),
        "stg": node("silver.stg", "bronze"),
        "records": node("silver.records", "stg", kind="view"),
        "books": node("silver.books", "stg"),
        "hourly": node("gold_billing.fct_usage_hourly", "records", "books", "stg"),
        "bill": node("gold_billing.fct_unbilled_usage", "hourly", kind="view"),
        "runs": node("gold_billing.fct_run_breaks", "stg"),
        "breaks": node("gold_billing.fct_period_breaks", "runs", "hourly", kind="view"),
        "other": node("gold_operational.ops_spend_daily", "stg"),
    }
)


def test_every_table_of_bill_and_breaks_is_held_against_what_it_reads() -> None:
    assert sorted((reader.name, read.name) for reader, read in GRAPH.readers()) == [
        ("books", "stg"),
        ("fct_run_breaks", "stg"),
        ("fct_usage_hourly", "books"),
        ("fct_usage_hourly", "stg"),
    ]
