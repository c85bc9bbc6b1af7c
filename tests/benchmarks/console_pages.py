"""Times the pages of the console over gold at the size of a mid-size account.

    .venv/bin/python -m tests.benchmarks.console_pages [--quick] [--output DIR] [--write-docs]

A page's time is that of all its questions: as a reader has them, who turns pages without a pause,
and with none of them kept; docs/benchmarks.md.
"""

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from operations.console.answers import Answers
from operations.console.application import Sheet, sheets
from operations.console.lakehouse import Lakehouse
from operations.console.queries import ALL
from tests.benchmarks import console_marts, marts
from tests.benchmarks.gold_queries import DATA, PAGE
from tests.benchmarks.lakehouse import Content, Home, make, running
from tests.benchmarks.latency import Latency, measured
from tests.benchmarks.project import Manifest, compiled, tables_read
from tests.benchmarks.report import BAR_SECONDS, machine, put_into
from tests.benchmarks.rows import SEED
from tests.benchmarks.scale import FULL, QUICK, Scale
from tests.unit.console import made_up

_SLOWEST_SHOWN = 10
# The console asks anew after a minute. A twelfth of it: nearly every page finds answers too old,
# and others are being asked for meanwhile.
_KEPT_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a run found: pages as a reader has them, pages asked anew, and each question alone.

    ``pages`` and ``anew`` end with all pages together, ``questions`` with all questions.
    """

    scale: str
    rounds: int
    tables: Mapping[str, int]
    machine: Mapping[str, Any]
    pages: Sequence[Latency]
    anew: Sequence[Latency]
    questions: Sequence[Latency]

    @property
    def slow(self) -> list[str]:
        """Pages whose 99.9th percentile does not keep below the bar."""
        return [page.name for page in self.pages[:-1] if page.p999 >= BAR_SECONDS]

    def as_json(self) -> str:
        """The whole, for programs."""
        kinds = ("pages", "anew", "questions")
        found = {kind: [one.as_record() for one in getattr(self, kind)] for kind in kinds}
        told = {"scale": self.scale, "rounds": self.rounds, "machine": self.machine}
        return json.dumps(told | {"rows": self.tables, **found}, indent=2)


def pages() -> dict[str, Sheet]:
    """Every page by its title; they are not shown here, only what they ask for counts."""
    groups = sheets(made_up.empty, made_up.PaperDesk())
    return {sheet.title: sheet for group in groups.values() for sheet in group}


def content(manifest: Manifest, scale: Scale) -> Content:
    """Every table below the console's questions, and its rows."""
    read = tables_read(manifest, {query.analysis for query in ALL})
    return Content(read, {**marts.tables(scale), **console_marts.tables(scale)})


def asked(root: Path, rounds: int, console: Console) -> dict[str, list[Latency]]:
    """The figures, from an engine that nobody has asked anything yet."""
    known = pages()
    queries = {query.analysis: query for query in ALL}
    with running(root, "interactive") as (_, connection):
        lakehouse = Lakehouse(connection.connect)
        kept = Answers(lakehouse.ask, seconds=_KEPT_SECONDS)
        dropped = Answers(lakehouse.ask)

        def as_a_reader(title: str) -> int:
            return rows_of(title, kept)

        def all_anew(title: str) -> int:
            dropped.forget()
            return rows_of(title, dropped)

        def rows_of(title: str, answers: Answers) -> int:
            answers.ahead(known[title].asks)
            return sum(len(answers.ask(query).frame) for query in known[title].asks)

        def alone(analysis: str) -> int:
            return len(lakehouse.ask(queries[analysis]).frame)

        # Without answers that are kept each round takes minutes, and no bar hangs on it.
        fewer = max(2, rounds // 4)
        ways = (
            ("pages", as_a_reader, list(known), "all pages", rounds),
            ("anew", all_anew, list(known), "all pages", fewer),
            ("questions", alone, list(queries), "all questions", fewer),
        )
        found = {}
        for kind, ask, names, together, times in ways:
            console.print(f"[bold]{kind}[/]")
            found[kind] = measured(ask, names, together, rounds=times, seed=SEED, say=console.print)
        lakehouse.sessions.close()
        return found


def markdown(found: Found) -> str:
    """The results as a section of a page."""
    where, known = found.machine, pages()
    counts = {title: len(sheet.asks) for title, sheet in known.items()}
    counts["all pages"] = sum(counts.values())
    anew = {one.name: one for one in found.anew}
    lines = [
        f"Scale `{found.scale}`, profile `interactive`, {found.rounds} warm rounds, a quarter "
        f"as many without answers that are kept. "
        f"{where['system']}, {where['cores']} cores, {where['memory_gib']} GiB, heap "
        f"{where['heap']}; load average {where['load_before']} before.",
        "",
        "Seconds from the first question of a page to its last answer. Anew: with no answer kept, "
        "as after `Read again` or when nobody has looked for a quarter of an hour.",
        "",
        "| page | questions | rows | cold | p50 | p99 | p99.9 | p50 anew | p99.9 anew |",
        f"|---|{'---:|' * 8}",
        *(
            f"| {one.name} | {counts[one.name]} | {one.rows:,} | {one.cold:.2f} | {one.p50:.2f} |"
            f" {one.p99:.2f} | {one.p999:.2f} | {anew[one.name].p50:.2f} |"
            f" {anew[one.name].p999:.2f} |"
            for one in found.pages
        ),
        "",
        f"The {_SLOWEST_SHOWN} slowest questions, each alone:",
        "",
        "| question | rows | p50 | p99.9 |",
        "|---|---:|---:|---:|",
        *(
            f"| {one.name} | {one.rows:,} | {one.p50:.2f} | {one.p999:.2f} |"
            for one in sorted(found.questions[:-1], key=_by_p50, reverse=True)[:_SLOWEST_SHOWN]
        ),
        "",
        "| table | rows |",
        "|---|---:|",
        *(f"| {name} | {rows:,} |" for name, rows in sorted(found.tables.items())),
    ]
    return "\n".join(lines) + "\n"


def _by_p50(one: Latency) -> float:
    return one.p50


def main(arguments: Sequence[str] | None = None) -> int:
    """Makes the tables, asks, reports; 1 where a page misses the bar."""
    parser = argparse.ArgumentParser(prog="console_pages", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the days and jobs")
    parser.add_argument("--rounds", type=int, help="warm rounds (40; 10 with --quick)")
    parser.add_argument("--output", type=Path, help="folder for console.json and console.md")
    parser.add_argument("--write-docs", action="store_true", help=f"put results into {PAGE.name}")
    options, console = parser.parse_args(arguments), Console(soft_wrap=True)
    scale = QUICK if options.quick else FULL
    rounds = options.rounds or (10 if options.quick else 40)
    manifest = compiled(DATA / "panels" / "target")
    home = Home(DATA / f"console-{scale.name}")
    tables = make(home, manifest, content(manifest, scale), console.print)
    load = os.getloadavg()[0]
    found = Found(
        scale=scale.name,
        rounds=rounds,
        tables=tables,
        machine=machine(load),
        **asked(home.root, rounds, console),
    )
    return reported(found, options, console)


def reported(found: Found, options: argparse.Namespace, console: Console) -> int:
    """Writes the results where they are wanted; the exit code."""
    text = markdown(found)
    console.print(text, markup=False)
    if options.output:
        options.output.mkdir(parents=True, exist_ok=True)
        (options.output / "console.json").write_text(found.as_json(), encoding="utf-8")
        (options.output / "console.md").write_text(text, encoding="utf-8")
    if options.write_docs:
        put_into(PAGE, text, "console")
    if found.slow:
        console.print(
            f"99.9 % of all runs have to take less than {BAR_SECONDS:g} s, which these pages "
            f"miss: {', '.join(found.slow)}."
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
