"""The commands `lakeledger close …`."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated

import typer

from operations.close import steps
from operations.close.books import BookName
from operations.close.desk import Desk, open_desk
from operations.close.inputs import input_versions
from operations.close.model import Facts, PeriodState
from operations.close.options import (
    FIRST_LINES,
    AccountOption,
    AnyBook,
    AnyPeriod,
    BookOption,
    By,
    First,
    PeriodOption,
)
from operations.close.periods import CloseRefused, Period
from operations.close.proof import told, verify_seals
from operations.close.reader import seals
from operations.close.replay import replay
from operations.close.report import print_blockers, print_lines, print_states
from operations.dbt import PROJECT, DbtFailed
from operations.queries import Cursor
from operations.refusals import explained
from warehouse.errors import WarehouseError
from warehouse.provenance import git_revision

app = typer.Typer(no_args_is_help=True, help="Close months, and show that they are.")


@app.command()
def status(
    period: AnyPeriod = None,
    account: AccountOption = None,
    book: AnyBook = None,
    first: First = FIRST_LINES,
) -> None:
    """Where each period stands and, where it is not closed, what blocks it."""

    def show() -> None:
        wanted = None if period is None else Period.parse(period)
        with open_desk() as desk:
            desks = desk.books(book)
            meant = [(one, _chosen(one.states(), wanted, account)) for one in desks]
            if wanted is not None and not any(states for _, states in meant):
                desks[0].chosen(str(wanted), account)
            for one, states in meant:
                if states or len(meant) == 1:
                    print_states(one.console, states, one.book)
                    print_blockers(one.console, one.facts(states), _now(), first)

    _explained(show)


@app.command()
def soft(
    period: PeriodOption, by: By, account: AccountOption = None, book: BookOption = BookName.usage
) -> None:
    """Publish a month's totals as provisional: it can be approved from then on."""
    _each("soft", period, account, by, book, steps.soft_close)


@app.command()
def approve(
    period: PeriodOption, by: By, account: AccountOption = None, book: BookOption = BookName.usage
) -> None:
    """Agree to the rows of a month as they are now."""
    _each("approve", period, account, by, book, steps.approve)


@app.command()
def waive(
    period: PeriodOption,
    by: By,
    kind: Annotated[str, typer.Option("--break", help="Kind of break, as status names it.")],
    reason: Annotated[str, typer.Option("--reason", help="Why it may stay as it is.")],
    subject: Annotated[str | None, typer.Option("--subject", help="Only of this.")] = None,
    account: AccountOption = None,
    book: BookOption = BookName.usage,
) -> None:
    """Answer for a break, so that it no longer blocks the close."""
    _each(
        "waive",
        period,
        account,
        by,
        book,
        lambda cursor, facts, act: steps.waive(cursor, facts, act, kind, subject, reason),
        lambda all_facts: steps.with_break(all_facts, kind, subject),
    )


@app.command()
def seal(
    period: PeriodOption,
    by: By,
    account: AccountOption = None,
    book: BookOption = BookName.usage,
    first: First = FIRST_LINES,
) -> None:
    """Close a month for good: all gates are checked, then its rows are sealed."""

    def close() -> None:
        act = _act(by)
        with _open_book(book) as desk:
            chosen = desk.chosen(period, account)
            for state in chosen:
                if state.state == "CLOSED":
                    steps.finish(desk.cursor, state.key)
                    verify_seals(desk, [state])
                    desk.log.add(f"seal {state.key}", f"{by}: it is closed, and as it was sealed")
            before = input_versions(desk.cursor, desk.graph, desk.book)
            open_ones = desk.facts([state for state in chosen if state.state != "CLOSED"])
            try:
                steps.check_gates(open_ones, act)
            except steps.Blocked as blocked:
                for key, lines in blocked.found.items():
                    print_lines(desk.console, key, lines, first)
                    desk.log.add(
                        f"seal {key}", f"{by}: blocked {len(lines)} times", status="refused"
                    )
                raise CloseRefused(str(blocked)) from blocked
            for facts in open_ones:
                made = steps.seal(desk.cursor, desk.graph, facts, act, before)
                done = (
                    f"{made.key} is closed: {made.content.billed_cost.normalize():,f} in"
                    f" {made.content.row_count:,} rows, rows {made.content.rows_hash}, records"
                    f" {made.records_hash}."
                )
                desk.console.print(done, markup=False, soft_wrap=True)
                desk.log.add(f"seal {made.key}", f"{by}: {done}")

    _explained(close)


@app.command()
def verify(period: AnyPeriod = None, account: AccountOption = None, book: AnyBook = None) -> None:
    """Hash the sealed rows again and compare them with their seals."""

    def compare() -> None:
        wanted = None if period is None else Period.parse(period)
        with open_desk() as desk:
            closed = [
                (one, [s for s in _chosen(one.states(), wanted, account) if s.state == "CLOSED"])
                for one in desk.books(book)
            ]
            if not any(states for _, states in closed):
                raise CloseRefused("No such period is closed: lakeledger close status.")
            for one, states in closed:
                verify_seals(one, states)

    _explained(compare)


@app.command("replay")
def replay_command(
    period: PeriodOption, account: AccountOption = None, book: BookOption = BookName.usage
) -> None:
    """Make a sealed bill again from the tables as they were, and compare."""

    def compare() -> None:
        wanted = Period.parse(period)
        with _open_book(book) as desk:
            chosen = [
                found
                for key, found in sorted(seals(desk.cursor, desk.book).items())
                if key.period == wanted and account in (None, key.account)
            ]
            if not chosen:
                raise CloseRefused(f"{wanted} is not closed: there is no seal to replay.")
            graph = desk.compiled()
            replayed = [replay(desk.cursor, graph, found) for found in chosen]
            for again in replayed:
                desk.console.print(told(again), markup=False, soft_wrap=True)
            different = [str(again.seal.key) for again in replayed if not again.is_same]
            if different:
                raise CloseRefused(
                    f"Made again, the bill is another one: {', '.join(different)}. If the models"
                    " changed since, check out the revision of the seal and replay it there."
                )

    _explained(compare)


def _each(
    name: str,
    period: str,
    account: str | None,
    by: str,
    book: BookName,
    step: Callable[[Cursor, Facts, steps.Act], str],
    meant: Callable[[Sequence[Facts]], Sequence[Facts]] = lambda all_facts: all_facts,
) -> None:
    """One step for each account of the month; what is refused to one keeps none of the others."""

    def work() -> None:
        act, refused = _act(by), []
        with _open_book(book) as desk:
            for facts in meant(desk.facts(desk.chosen(period, account))):
                subject = f"{name} {facts.state.key}"
                try:
                    done = step(desk.cursor, facts, act)
                except CloseRefused as refusal:
                    refused.append(str(refusal))
                    desk.log.add(subject, f"{by}: {refusal}", status="refused")
                else:
                    desk.console.print(done, markup=False, soft_wrap=True)
                    desk.log.add(subject, f"{by}: {done}")
        if refused:
            raise CloseRefused(" ".join(refused))

    _explained(work)


def _chosen(
    states: Sequence[PeriodState], period: Period | None, account: str | None
) -> list[PeriodState]:
    return [
        state
        for state in states
        if period in (None, state.key.period) and account in (None, state.key.account)
    ]


@contextmanager
def _open_book(name: BookName) -> Iterator[Desk]:
    with open_desk() as desk:
        yield desk.books(name)[0]


def _act(by: str) -> steps.Act:
    return steps.Act(actor=steps.person(by), now=_now(), revision=git_revision(PROJECT))


def _now() -> datetime:
    return datetime.now(tz=UTC)


def _explained(work: Callable[[], None]) -> None:
    """Runs `work`; what a user can mend is said in a sentence, with the exit code 1."""
    with explained(CloseRefused, DbtFailed, WarehouseError):
        work()
