"""The commands `lakeledger close …`."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer

from operations.close import steps
from operations.close.desk import Desk, open_desk
from operations.close.inputs import input_versions
from operations.close.model import Facts, PeriodState
from operations.close.periods import CloseRefused, Period
from operations.close.reader import period_states, sealed_contents, seals
from operations.close.replay import Replayed, replay
from operations.close.report import print_blockers, print_lines, print_states
from operations.dbt import PROJECT, DbtFailed
from operations.queries import Cursor
from operations.refusals import explained
from warehouse.errors import WarehouseError
from warehouse.provenance import git_revision

app = typer.Typer(no_args_is_help=True, help="Close billing periods, and show that they are.")
FIRST_LINES = 5

PeriodOption = Annotated[str, typer.Option("--period", help="Month to close, as in 2026-01.")]
AnyPeriod = Annotated[str | None, typer.Option("--period", help="Only this month.")]
AccountOption = Annotated[
    str | None, typer.Option("--account", help="Only this account. Default: all of the month.")
]
By = Annotated[str, typer.Option("--by", help="Who does it: a name or address.")]
First = Annotated[int, typer.Option("--first", min=1, help="Lines to show per gate.")]


@app.command()
def status(
    period: AnyPeriod = None, account: AccountOption = None, first: First = FIRST_LINES
) -> None:
    """Where each period stands and, where it is not closed, what blocks it."""

    def show() -> None:
        wanted = None if period is None else Period.parse(period)
        with open_desk() as desk:
            states = period_states(desk.cursor)
            if wanted is not None:
                states = steps.choose(states, wanted, account)
            shown = [s for s in states if account in (None, s.key.account)]
            print_states(desk.console, shown)
            print_blockers(desk.console, desk.facts(shown), _now(), first)

    _explained(show)


@app.command()
def soft(period: PeriodOption, by: By, account: AccountOption = None) -> None:
    """Publish a month's totals as provisional: it can be approved from then on."""
    _each("soft", period, account, by, steps.soft_close)


@app.command()
def approve(period: PeriodOption, by: By, account: AccountOption = None) -> None:
    """Agree to the rows of a month as they are now."""
    _each("approve", period, account, by, steps.approve)


@app.command()
def waive(
    period: PeriodOption,
    by: By,
    kind: Annotated[str, typer.Option("--break", help="Kind of break, as status names it.")],
    reason: Annotated[str, typer.Option("--reason", help="Why it may stay as it is.")],
    subject: Annotated[str | None, typer.Option("--subject", help="Only of this.")] = None,
    account: AccountOption = None,
) -> None:
    """Answer for a break, so that it no longer blocks the close."""
    _each(
        "waive",
        period,
        account,
        by,
        lambda cursor, facts, act: steps.waive(cursor, facts, act, kind, subject, reason),
        lambda all_facts: steps.with_break(all_facts, kind, subject),
    )


@app.command()
def seal(
    period: PeriodOption, by: By, account: AccountOption = None, first: First = FIRST_LINES
) -> None:
    """Close a month for good: all gates are checked, then its rows are sealed."""

    def close() -> None:
        act = _act(by)
        with open_desk() as desk:
            chosen = desk.chosen(period, account)
            for state in chosen:
                if state.state == "CLOSED":
                    steps.finish(desk.cursor, state.key)
                    _verify(desk, [state])
                    desk.log.add(f"seal {state.key}", f"{by}: it is closed, and as it was sealed")
            before = input_versions(desk.cursor, desk.graph)
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
def verify(period: AnyPeriod = None, account: AccountOption = None) -> None:
    """Hash the sealed rows again and compare them with their seals."""

    def compare() -> None:
        wanted = None if period is None else Period.parse(period)
        with open_desk() as desk:
            states = [
                state
                for state in period_states(desk.cursor)
                if state.state == "CLOSED"
                and wanted in (None, state.key.period)
                and account in (None, state.key.account)
            ]
            if not states:
                raise CloseRefused("No such period is closed: lakeledger close status.")
            _verify(desk, states)

    _explained(compare)


@app.command("replay")
def replay_command(period: PeriodOption, account: AccountOption = None) -> None:
    """Make a sealed bill again from the tables as they were, and compare."""

    def compare() -> None:
        wanted = Period.parse(period)
        with open_desk() as desk:
            chosen = [
                found
                for key, found in sorted(seals(desk.cursor).items())
                if key.period == wanted and account in (None, key.account)
            ]
            if not chosen:
                raise CloseRefused(f"{wanted} is not closed: there is no seal to replay.")
            graph = desk.compiled()
            replayed = [replay(desk.cursor, graph, found) for found in chosen]
            for again in replayed:
                desk.console.print(_told(again), markup=False, soft_wrap=True)
            different = [str(again.seal.key) for again in replayed if not again.is_same]
            if different:
                raise CloseRefused(
                    f"Made again, the bill is another one: {', '.join(different)}. If the models"
                    " changed since, check out the revision of the seal and replay it there."
                )

    _explained(compare)


def _told(again: Replayed) -> str:
    sealed, says = again.seal, "the same" if again.is_same else "DIFFERENT"
    return (
        f"{sealed.key}: {says}. Sealed rows {sealed.content.rows_hash}, replayed"
        f" {again.content.rows_hash}; records {sealed.records_hash}, replayed"
        f" {again.records_hash}; sealed by revision {sealed.git_revision}, replayed by"
        f" {git_revision(PROJECT)}."
    )


def _each(
    name: str,
    period: str,
    account: str | None,
    by: str,
    step: Callable[[Cursor, Facts, steps.Act], str],
    meant: Callable[[Sequence[Facts]], Sequence[Facts]] = lambda all_facts: all_facts,
) -> None:
    """One step for each account of the month; what is refused to one keeps none of the others."""

    def work() -> None:
        act, refused = _act(by), []
        with open_desk() as desk:
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


def _verify(desk: Desk, states: Sequence[PeriodState]) -> None:
    contents, differing = sealed_contents(desk.cursor)
    sealed = seals(desk.cursor)
    wrong = []
    for state in states:
        made, now = sealed[state.key], contents.get(state.key)
        if now == made.content and state.key not in differing:
            desk.console.print(
                f"{state.key} is closed, by {made.sealed_by} on {made.sealed_at:%Y-%m-%d}:"
                f" {made.content.row_count:,} rows, the same hash {made.content.rows_hash}.",
                markup=False,
                soft_wrap=True,
            )
        else:
            count = differing.get(state.key, 0)
            rows = "1 row differs" if count == 1 else f"{count:,} rows differ"
            wrong.append(f"{state.key} ({rows} from the hash beside it)")
    if wrong:
        raise CloseRefused(
            f"Sealed rows are not what was sealed: {', '.join(wrong)}. Find the write in"
            " `describe history ledger.sealed_usage`, then restore the table to the version before."
        )


def _act(by: str) -> steps.Act:
    return steps.Act(actor=steps.person(by), now=_now(), revision=git_revision(PROJECT))


def _now() -> datetime:
    return datetime.now(tz=UTC)


def _explained(work: Callable[[], None]) -> None:
    """Runs `work`; what a user can mend is said in a sentence, with the exit code 1."""
    with explained(CloseRefused, DbtFailed, WarehouseError):
        work()
