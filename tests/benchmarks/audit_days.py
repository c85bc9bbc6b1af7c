"""Files of audit events for benchmarks: as many as wanted, of a given size, always the same ones.

Made apart from the simulator, which makes a consistent account and is too slow for millions of
lines. The members are those of the delivered shape; `requestParams.statement` fills a line up.
"""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

_DAY_MS = 86_400_000
_REGIONS = ("us-east-1", "eu-west-1", "ap-southeast-2")
_SERVICES = ("clusters", "jobs", "notebook", "unityCatalog", "accounts", "secrets", "databrickssql")
_ACTIONS = ("create", "get", "list", "delete", "runCommand", "getTable", "login", "runNow")
_WORDS = (
    *("select", "from", "where", "order", "sum", "count", "join", "usage", "cluster", "price"),
    *("region", "workspace", "hour", "merge", "into", "values", "partition", "window", "limit"),
)
# What a line has without its filling, about.
_BARE = 560


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Audit events of one day as files: ``late`` of them fall on the 30 days before."""

    day: date
    events: int
    seed: int = 1
    size: int = 1500
    per_file: int = 10_000
    compressed: bool = False
    late: float = 0.0


def write(batch: Batch, landing: Path) -> tuple[Path, ...]:
    """Writes the batch's files where a landing folder has them; their paths.

    Files of one batch have the same name whenever they are made, and other names than those of
    another seed.
    """
    rng = Random(f"{batch.seed}/{batch.day}/{batch.events}")
    fillings = [_filling(rng, max(0, batch.size - _BARE)) for _ in range(500)]
    paths = []
    for first in range(0, batch.events, batch.per_file):
        numbers = range(first, min(first + batch.per_file, batch.events))
        name = f"batch-{batch.seed:04d}-{first // batch.per_file:05d}.json"
        region = _REGIONS[first // batch.per_file % len(_REGIONS)]
        folder = landing / f"platform/audit_logs/region={region}/date={batch.day}/hour=00"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / (f"{name}.gz" if batch.compressed else name)
        content = "".join(_lines(batch, rng, numbers, fillings)).encode()
        # Nobody reads half a file: it gets its name when it is whole.
        whole = path.with_name(f".{path.name}")
        whole.write_bytes(gzip.compress(content, 5) if batch.compressed else content)
        whole.rename(path)
        paths.append(path)
    return tuple(paths)


def _lines(batch: Batch, rng: Random, numbers: range, fillings: list[str]) -> Iterator[str]:
    midnight = datetime.combine(batch.day, datetime.min.time(), UTC)
    begin, chance, pick = int(midnight.timestamp() * 1000), rng.random, rng.choice
    for number in numbers:
        at = begin + int(chance() * _DAY_MS)
        if chance() < batch.late:
            at -= (1 + int(chance() * 30)) * _DAY_MS
        status = 200 if chance() < 0.97 else 403
        yield (
            f'{{"version":"2.0","auditLevel":"WORKSPACE_LEVEL","timestamp":{at},'
            f'"orgId":"{3000 + number % 50}","shardName":"shard-1","accountId":"account-1",'
            f'"workspaceId":"{3000 + number % 50}",'
            f'"sourceIPAddress":"10.1.{number % 250}.{at % 250}",'
            f'"userAgent":"databricks-sdk-py/0.117.0 python/3.11.7 os/linux","sessionId":"s{at}",'
            f'"userIdentity":{{"email":"user{at % 900}@example.com","subjectName":null}},'
            f'"serviceName":"{pick(_SERVICES)}","actionName":"{pick(_ACTIONS)}",'
            f'"requestId":"{rng.getrandbits(128):032x}","requestParams":{{'
            f'"cluster_id":"c-{at % 300}","statement":"{pick(fillings)}"}},'
            f'"response":{{"statusCode":{status},"errorMessage":null,"result":null}},'
            f'"MAX_LOG_MESSAGE_LENGTH":"16384"}}\n'
        )


def _filling(rng: Random, length: int) -> str:
    """Text of a length, half words and half digits: neither random nor all the same."""
    parts: list[str] = []
    have = 0
    while have < length:
        part = rng.choice(_WORDS) if rng.random() < 0.5 else f"{rng.getrandbits(40):x}"
        parts.append(part)
        have += len(part) + 1
    return json.dumps(" ".join(parts)[:length])[1:-1]


def days_before(day: date, count: int) -> Iterator[date]:
    """The days before one, the oldest first."""
    return (day - timedelta(days=back) for back in range(count, 0, -1))
