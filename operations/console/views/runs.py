"""Job runs: how the jobs of the account do."""

from operations.console import account_queries, palette
from operations.console.board import Ask, chart, heading, section, table
from operations.console.figures import stacked

_EMPTY = "No run of a job has been delivered."
_PARTS = {
    "succeeded_count": ("succeeded", palette.SKY),
    "failed_count": ("failed", palette.VERMILION),
    "cancelled_count": ("cancelled", palette.ORANGE),
    "skipped_count": ("skipped", palette.PURPLE),
    "unfinished_count": ("unfinished", palette.GREY),
}
# What the page asks for, in its order.
ASKS = (
    account_queries.JOB_RUNS,
    account_queries.WORST_JOBS,
)


def show(ask: Ask) -> None:
    """By day, then the jobs that fail most."""
    heading("Job runs", "How do the account's jobs do, and which fail most?")
    with section("By day", "Runs by the day on which they began (UTC), up to 30 days."):
        answer = ask(account_queries.JOB_RUNS)
        if not answer.frame.empty:
            chart(stacked(answer.frame, "run_date", _PARTS), "Runs by day and how they ended.")
        table(account_queries.JOB_RUNS, answer, _EMPTY, answer.frame.iloc[::-1])
    with section("Jobs that fail most", "Of seven days, those with five rated runs or more."):
        table(
            account_queries.WORST_JOBS,
            ask(account_queries.WORST_JOBS),
            "No job has five rated runs in seven days.",
        )
