"""Bronze to silver and gold: what dbt runs, and beside it floors and a textbook's way.

What is timed of dbt is a node: its statements and hooks (days of the batch, merge, quarantine,
cursor) without dbt's own start. The others are statements over the same rows of bronze, sent the
same way, right after it.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any, cast

from tests.benchmarks.audit_days import Batch, write
from tests.benchmarks.figures import Figure
from tests.benchmarks.homes import Home, ingest_audit, ingest_everything, processes_of, statement
from tests.benchmarks.rounds import Say
from tests.benchmarks.stage_bronze import FIRST_DAY
from tests.benchmarks.usage import Usage, measured

MODEL = "stg_platform__audit_logs"
BRONZE = "lakeledger.bronze_platform.audit_logs"
BENCH = "lakeledger.bench"
# Members of the delivered shape, as the source declares them.
_MEMBERS = (
    "version string, auditLevel string, timestamp bigint, orgId string, shardName string, "
    "accountId string, workspaceId string, sourceIPAddress string, userAgent string, "
    "sessionId string, userIdentity struct<email: string, subjectName: string>, "
    "serviceName string, actionName string, requestId string, requestParams map<string, string>, "
    "response struct<statusCode: string, errorMessage: string, result: string>, "
    "MAX_LOG_MESSAGE_LENGTH string"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A model that dbt has run: seconds, and the SQL it was compiled to."""

    name: str
    seconds: float
    sql: str


@dataclass(frozen=True, slots=True)
class Ran:
    """A command of dbt: its models, and what Spark and the server in front of it took."""

    nodes: Mapping[str, Node]
    usage: Usage

    def seconds(self, names: Iterable[str]) -> float:
        """Seconds of some models together."""
        return sum(self.nodes[name].seconds for name in names)


def run_models(home: Home, *arguments: str) -> Ran:
    """Runs models, one at a time."""
    with measured(*home.do(processes_of)) as measure:
        target = home.dbt(["run", "--threads", "1", *arguments])
    results: dict[str, Any] = json.loads((target / "run_results.json").read_text())
    nodes = [
        Node(
            name=one["unique_id"].rpartition(".")[2],
            seconds=one["execution_time"],
            sql=one.get("compiled_code") or "",
        )
        for one in results["results"]
        if one["unique_id"].startswith("model.")
    ]
    return Ran({node.name: node for node in nodes}, measure.taken)


def window_of(node: Node) -> tuple[int, int]:
    """The versions of bronze that a node has read: beyond the first, up to the second."""
    for noted in re.findall(r"/\* read (\{.*?\}) \*/", node.sql):
        read = json.loads(noted)
        if read["input"] == BRONZE.partition(".")[2]:
            return int(read["since"]), int(read["to"])
    raise ValueError(f"{node.name} does not say what it has read")


class Rivals:
    """Tables that are filled with the same rows in other ways."""

    def __init__(self, home: Home) -> None:
        self._home = home

    def begin(self) -> None:
        """Makes the tables; the textbook's one with all that is in bronze."""
        model = f"lakeledger.silver.{MODEL}"
        self._send(
            f"create schema if not exists {BENCH}",
            f"create or replace table {BENCH}.same_parse partitioned by (event_date) as "
            f"select * from {model} where false",
            f"create or replace table {BENCH}.plain_parse partitioned by (event_date) as "
            f"{_parsed(f'select * from {BRONZE} where false')}",
            f"create or replace table {BENCH}.textbook as {_latest(f'select * from {BRONZE}')}",
        )

    def same_parse(self, node: Node) -> Usage:
        """The model's own SQL without the choice of one row per key, appended."""
        every_row, cut = re.subn(
            r"qualify row_number\(\) over \(.*?\) = 1", "", node.sql, flags=re.S
        )
        if cut != 1:
            raise ValueError(f"{node.name} does not choose one row per key where it was expected")
        return self._send(f"insert into {BENCH}.same_parse by name {every_row}")

    def plain_parse(self, node: Node) -> Usage:
        """`from_json` with the declared members, appended: no verdict, no key, no other fields."""
        since, to = window_of(node)
        rows = f"select * from table_changes('{BRONZE}', {since + 1}, {to})"
        return self._send(f"insert into {BENCH}.plain_parse by name {_parsed(rows)}")

    def textbook(self) -> Usage:
        """What has come since the newest row, merged by key alone, as dbt's tutorials have it.

        New rows are found by the time of ingestion. By the time of the event, as many do, late
        ones would be lost, and all of bronze would have to be parsed to find the others.
        """
        new = f"(select max(ingested_at) from {BENCH}.textbook)"
        rows = f"select * from {BRONZE} where ingested_at > {new}"
        return self._send(
            f"merge into {BENCH}.textbook as kept using ({_latest(rows)}) as arrived "
            "on kept.record_key = arrived.record_key "
            "when matched then update set * when not matched then insert *"
        )

    def _send(self, *statements: str) -> Usage:
        return cast(Usage, self._home.do(statement, *statements))


def _parsed(rows: str) -> str:
    members = f"from_json(raw, '{_MEMBERS}') as record"
    return (
        "select record.*, sha2(raw, 256) as record_key, ingested_at, source_file, region, "
        "cast(timestamp_millis(record.timestamp) as date) as event_date "
        f"from (select *, {members} from ({rows}))"
    )


def _latest(rows: str) -> str:
    return (
        f"select * from ({_parsed(rows)}) qualify row_number() over "
        "(partition by record_key order by ingested_at desc) = 1"
    )


SUITE = "silver"
FLOOR, PLAIN, OURS = "same parse, blind append", "plain from_json, blind append", "lakeledger"


def measure_silver(root: Path, *, events: int, rounds: int, say: Say) -> list[Figure]:
    """One large batch a round, from bronze, beside its floors."""
    found: dict[str, list[float]] = {}
    cpu: list[float] = []
    with Home(root / "silver") as home:
        write(Batch(day=FIRST_DAY, events=1000, seed=1), home.landing)
        home.do(ingest_everything)
        run_models(home, "--select", MODEL)
        rivals = Rivals(home)
        rivals.begin()
        for number in range(1, 2 + rounds):
            paths = write(
                Batch(day=FIRST_DAY + timedelta(days=number), events=events, seed=2), home.landing
            )
            home.do(ingest_audit)
            ran = run_models(home, "--select", MODEL)
            idle = run_models(home, "--select", MODEL)
            node = ran.nodes[MODEL]
            taken = {
                OURS: node.seconds,
                FLOOR: rivals.same_parse(node).seconds,
                PLAIN: rivals.plain_parse(node).seconds,
            }
            say("silver: " + ", ".join(f"{name} {value:.1f} s" for name, value in taken.items()))
            for path in paths:
                path.unlink()
            if number > 1:
                cpu.append(ran.usage.cpu - idle.usage.cpu)
                for name, seconds in taken.items():
                    found.setdefault(name, []).append(seconds)
    return list(_figures(found, cpu, events))


def _figures(
    found: Mapping[str, Sequence[float]], cpu: Sequence[float], events: int
) -> Iterator[Figure]:
    middle = {name: median(seconds) for name, seconds in found.items()}
    for name, seconds in middle.items():
        spread = (max(found[name]) - min(found[name])) / seconds
        yield Figure(suite=SUITE, name=name, value=events / seconds, unit="events/s", spread=spread)
    yield Figure(suite=SUITE, name=OURS, value=median(cpu) / events * 1e6, unit="CPU s/million")
    for name, least in ((FLOOR, 0.5), (PLAIN, None)):
        value = middle[name] / middle[OURS]
        yield Figure(suite=SUITE, name=OURS, value=value, unit="times", against=name, least=least)
