"""The table of deletion requests: who is to be forgotten, by when, and how far it has come.

It never holds an identifier: only salted digests, for a request has to be honoured for as long as
somebody may deliver the person's data again.
"""

import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pyspark.sql import Column, Row, SparkSession
from pyspark.sql import functions as F

from ingestion.deletions import Forgotten
from ingestion.erasing import erase_text
from ingestion.tombstones import PSEUDONYM, Tombstones, canonical, digest, tombstone
from ingestion.writer import Target, ensure_schema, save
from operations.forget.errors import ForgetRefused
from operations.forget.tables import delta_table

DEADLINE = timedelta(days=7)
_SHORTEST = 4
_SHORTEST_NUMBER = 8
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+@-]*[A-Za-z0-9]")
_COLUMNS = (
    "request_id STRING, pseudonym STRING, salt STRING, digests ARRAY<STRING>, lengths ARRAY<INT>,"
    " requested_at TIMESTAMP, due_at TIMESTAMP, requested_by STRING, why STRING,"
    " touched ARRAY<STRING>, erased_at TIMESTAMP, purged_at TIMESTAMP, receipt STRING"
)
_TEXTLESS = "requested_at,due_at,erased_at,purged_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request to forget one person; times are UTC.

    ``touched`` are the tables that held the person. ``erased_at``: no table or file shows the
    person any more; ``purged_at``: no old version of a table does.
    """

    request_id: str
    pseudonym: str
    requested_at: datetime
    due_at: datetime
    requested_by: str
    why: str
    touched: frozenset[str] = frozenset()
    erased_at: datetime | None = None
    purged_at: datetime | None = None

    def is_overdue(self, now: datetime) -> bool:
        """Whether the deadline has passed and not everything is gone."""
        return self.purged_at is None and now > self.due_at

    def state(self, now: datetime) -> str:
        """One word for a person."""
        if self.purged_at is not None:
            return "done"
        if self.is_overdue(now):
            return "overdue"
        return "requested" if self.erased_at is None else "erased"


def checked(identifier: str) -> str:
    """An identifier in canonical form.

    Raises:
        ForgetRefused: where it is no single token, or so short that it would hit others.
    """
    name = canonical(identifier.strip())
    if not _IDENTIFIER.fullmatch(name):
        raise ForgetRefused(
            "An identifier is one token of letters, digits and . _ % + @ -, such as an e-mail"
            " address, a user name or an id, and starts and ends with a letter or digit; a name of"
            " several words cannot be told from other words."
        )
    if len(name) < (_SHORTEST_NUMBER if name.isdigit() else _SHORTEST):
        raise ForgetRefused(
            f"An identifier has at least {_SHORTEST} characters, a number at least"
            f" {_SHORTEST_NUMBER}: a shorter one would be found in what is not about the person."
        )
    if name.startswith(PSEUDONYM):
        raise ForgetRefused("This is the pseudonym of somebody who is forgotten already.")
    return name


@dataclass(frozen=True, slots=True)
class Requests:
    """The table, through one Spark session."""

    spark: SparkSession
    target: Target

    def exists(self) -> bool:
        """Whether anybody has asked yet."""
        if self.target.path is not None:
            return self.target.has_log
        return bool(self.spark.catalog.tableExists(self.target.name))

    def tombstones(self) -> Tombstones:
        """What ingestion knows, too."""
        return Forgotten(self.spark, self.target).now()

    def all(self) -> tuple[Request, ...]:
        """Every request, oldest first."""
        if not self.exists():
            return ()
        rows = self.spark.sql(
            f"""SELECT request_id, pseudonym, requested_by, why, touched,
                unix_micros(requested_at), unix_micros(due_at),
                unix_micros(erased_at), unix_micros(purged_at)
            FROM {self.target.identifier} ORDER BY requested_at, request_id"""
        ).collect()
        return tuple(map(_request, rows))

    def add(self, identifiers: Sequence[str], by: str, why: str) -> Request:
        """A new request about one person with these identifiers, due in seven days.

        Raises:
            ForgetRefused: where an identifier is none, or all are in a request already.
        """
        names = tuple(dict.fromkeys(map(checked, identifiers)))
        known = self.tombstones()
        if all(known.pseudonym_of(name) for name in names):
            raise ForgetRefused(
                "There is a request for this person already: lakeledger forget status."
            )
        now = datetime.now(UTC)
        # One for all: a token is hashed once, however many have asked.
        salt = known.all[0].salt if known else secrets.token_bytes(16)
        pseudonym = PSEUDONYM + secrets.token_hex(8)
        own = Tombstones((*known.all, tombstone(pseudonym, salt, names)))
        request = Request(
            request_id=secrets.token_hex(4),
            pseudonym=pseudonym,
            requested_at=now,
            due_at=now + DEADLINE,
            # The person may be the one who asks.
            requested_by=erase_text(by, own),
            why=erase_text(why, own),
        )
        self._append(request, salt, names)
        return request

    def _append(self, request: Request, salt: bytes, names: Sequence[str]) -> None:
        self._ensure()
        row: tuple[object, ...] = (
            request.request_id,
            request.pseudonym,
            salt.hex(),
            sorted(digest(salt, name) for name in names),
            sorted({len(name) for name in names}),
            request.requested_at,
            request.due_at,
            request.requested_by,
            request.why,
            [],
            None,
            None,
            None,
        )
        frame = self.spark.createDataFrame([row], _COLUMNS).coalesce(1)
        save(frame.write.format("delta").mode("append"), self.target)

    def _ensure(self) -> None:
        ensure_schema(self.spark, self.target)
        self.spark.sql(
            f"CREATE TABLE IF NOT EXISTS {self.target.identifier} ({_COLUMNS}) USING DELTA"
            f" TBLPROPERTIES ('delta.dataSkippingStatsColumns' = '{_TEXTLESS}')"
        )

    def touch(self, request: Request, tables: Iterable[str], *, is_held: bool) -> None:
        """Notes which tables held the person; while one does, the request is not carried out."""
        nothing = F.lit(None).cast("timestamp")
        reopened = {"erased_at": nothing, "purged_at": nothing} if is_held else {}
        self._set(request, touched=F.array(*map(F.lit, sorted(tables))), **reopened)

    def erased(self, request: Request, at: datetime) -> None:
        """Notes that no table or file shows the person any more."""
        self._set(request, erased_at=_moment(at))

    def purged(self, request: Request, at: datetime, receipt: str) -> None:
        """Notes that no old version does, and the receipt."""
        self._set(request, purged_at=_moment(at), receipt=F.lit(receipt))

    def _set(self, request: Request, **columns: Column) -> None:
        same = F.col("request_id") == request.request_id
        delta_table(self.spark, self.target).update(same, columns)


def _moment(at: datetime) -> Column:
    return F.timestamp_micros(F.lit(int(at.timestamp() * 1_000_000)))


def _request(row: Row) -> Request:
    times = [None if m is None else datetime.fromtimestamp(m / 1e6, UTC) for m in row[5:]]
    requested_at, due_at, erased_at, purged_at = times
    assert requested_at is not None
    assert due_at is not None
    return Request(
        request_id=row.request_id,
        pseudonym=row.pseudonym,
        requested_at=requested_at,
        due_at=due_at,
        requested_by=row.requested_by,
        why=row.why,
        touched=frozenset(row.touched),
        erased_at=erased_at,
        purged_at=purged_at,
    )
