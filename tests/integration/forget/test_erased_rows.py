"""A row of any table in which a person gets a pseudonym is otherwise the same row."""

from pathlib import Path

import pytest

from ingestion.tombstones import Tombstones, tombstone
from ingestion.writer import Target
from operations.forget.tables import delete_rows, erase_rows, find
from tests.lakehouse_fixtures import Lakehouse

NAME, GONE = "ann@example.com", "forgotten-0123456789abcdef"
FORGOTTEN = Tombstones((tombstone(GONE, b"salt", [NAME]),))
NOBODY_S = Tombstones((tombstone(GONE, b"salt", ["bob@example.com"]),))


@pytest.fixture
def table(lakehouse: Lakehouse, tmp_path: Path) -> Target:
    target = Target(name="t.t", path=tmp_path / "t")
    lakehouse.spark.sql(
        f"""CREATE TABLE {target.identifier} (
            n int, m map<string,string>, at timestamp,
            s struct<a: string, m: map<string,string>, b: array<struct<c: string, d: decimal(38,18),
                t: timestamp>>>
        ) USING DELTA"""
    )
    lakehouse.spark.sql(
        f"""INSERT INTO {target.identifier} VALUES
        (1, map('z', '1', 'team', 'red', 'owner', '{NAME}', 'a', null), timestamp'2026-01-01',
            named_struct('a', 'of {NAME}', 'm', map('z', '{NAME}', 'b', 'x', 'a', 'y'), 'b',
                array(named_struct('c', '{NAME}', 'd', 1.000000000000000001,
                    't', timestamp'2026-07-01 00:00:00.123456')))),
        (2, map('z', 'jo{NAME}'), null, null),
        (3, null, null, null)"""
    )
    return target


def rows(lakehouse: Lakehouse, target: Target) -> list[str]:
    found = lakehouse.spark.sql(
        f"""SELECT to_json(struct(*)), to_json(transform(s.b, b -> unix_micros(b.t)))
        FROM {target.identifier} ORDER BY n"""
    )
    return [str(tuple(row)) for row in found.collect()]


def test_only_the_person_changes_at_any_depth(lakehouse: Lakehouse, table: Target) -> None:
    before = rows(lakehouse, table)
    found = find(lakehouse.spark, {"t.t": table}, FORGOTTEN)
    assert (found.held, found.erased) == ({("t.t", GONE): 1}, {})
    erase_rows(lakehouse.spark, table, FORGOTTEN)
    after = rows(lakehouse, table)
    assert after == [before[0].replace(NAME, GONE), *before[1:]]
    found = find(lakehouse.spark, {"t.t": table}, FORGOTTEN)
    assert (found.held, found.erased) == ({}, {("t.t", GONE): 1})


def test_only_rows_that_hold_the_person_go(lakehouse: Lakehouse, table: Target) -> None:
    before = rows(lakehouse, table)
    delete_rows(lakehouse.spark, table, NOBODY_S)
    assert rows(lakehouse, table) == before
    delete_rows(lakehouse.spark, table, FORGOTTEN)
    assert rows(lakehouse, table) == before[1:]


def test_no_statement_in_the_log_names_the_person(lakehouse: Lakehouse, table: Target) -> None:
    erase_rows(lakehouse.spark, table, FORGOTTEN)
    assert table.path is not None
    log = "".join(file.read_text() for file in table.path.glob("_delta_log/*.json"))
    updates = [line for line in log.splitlines() if '"operation":"UPDATE"' in line]
    assert len(updates) == 1
    assert NAME not in updates[0]
