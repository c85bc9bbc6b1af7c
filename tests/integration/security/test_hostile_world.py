"""A warehouse at work keeps its token to itself; names and values from outside stay values."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil
import pytest
from databricks.sql.exc import Error

from ingestion.run import run_sources
from ingestion.settings import Settings
from ingestion.sources import Source
from operations.dbt import PROJECT, dbt_command, dbt_environment
from operations.grants import Securable, found_grants, load_grants, statements
from operations.queries import literal, quoted, rows
from tests.lakehouse_fixtures import Lakehouse
from warehouse.connection import Connection
from warehouse.lifecycle import running_warehouse

PROD_TOKEN = "dapi-made-up-0123456789abcdef"

JUDGED = """/* from here */
    with arrived as (
        select *, 'f' as source_file, 'b' as ingest_batch, current_timestamp() as ingested_at,
            'r1' as region, md5(raw) as line_hash, cast(null as string) as rescue_reason
        from lines
    )
    {{ judged('arrived', 'platform', 'billing_usage') }}
    /* to here */"""
USAGE = (
    '{"record_id":"%s","account_id":"a","workspace_id":"w","sku_name":"s","cloud":"AWS",'
    '"usage_start_time":"2026-01-01T00:00:00Z","usage_end_time":"2026-01-01T01:00:00Z",'
    '"usage_date":"2026-01-01","usage_unit":"DBU","record_type":"ORIGINAL","usage_quantity":%s}'
)
LINES = {
    "exponent": ("1e99999999", "number_out_of_range"),
    "negative exponent": ("-1.5E-99999999", "number_out_of_range"),
    "exponent in a text": ('"1e99999999"', "number_out_of_range"),
    "escaped digits": ('"1\\u00659999999"', "number_out_of_range"),
    "escaped name": ('1,"us\\u0061ge_quantity":"1e99999999"', "number_out_of_range"),
    "too large": ("1e400", "wrong_type:usage_quantity"),
    "more than any long": ("1e99999999999999999999", "number_out_of_range"),
    "thousands of digits": ("9" * 5000, "malformed_json"),
    "deep": ('1,"custom_tags":' + "[" * 100_000 + "]" * 100_000, "malformed_json"),
    "twice": ('1,"usage_quantity":2', "duplicate_key:usage_quantity"),
    "scientific": ("1.5e-10", None),
    "hex that looks like a number": (
        '1,"custom_tags":{"commit":"12e45678","at":"x:12e45678"}',
        None,
    ),
    "escapes in a tag": ('1,"custom_tags":{"caf\\u00e9":"everything else"}', None),
    "NUL": ('1,"custom_tags":{"a":"x\\u0000y"}', None),
    "lone surrogate": ('1,"custom_tags":{"a":"x\\ud800y"}', None),
    "5 MB": ('1,"custom_tags":{"a":"%s"}' % ("x" * 5_000_000), None),
}


def land_lines(cursor: Any) -> None:
    cursor.execute("create table lines (name string, raw string)")
    markers = ", ".join(f"(:n{place}, :r{place})" for place in range(len(LINES)))
    lines = [(name, USAGE % (name, quantity)) for name, (quantity, _) in LINES.items()]
    values = {f"n{place}": name for place, (name, _) in enumerate(lines)}
    cursor.execute(
        f"insert into lines values {markers}",
        values | {f"r{place}": raw for place, (_, raw) in enumerate(lines)},
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def worked(home: Path) -> Iterator[Connection]:
    """A warehouse of its own after a day's work: statements good and bad, dbt at its loudest."""
    before = dict(os.environ)
    os.environ["DBT_ENV_SECRET_DATABRICKS_TOKEN"] = PROD_TOKEN
    try:
        with running_warehouse(home) as connection:
            with closing(connection.connect()) as client, closing(client.cursor()) as cursor:
                cursor.execute("create table t as select 1 as a")
                land_lines(cursor)
                with pytest.raises(Error):
                    cursor.execute("select raise_error('no') from t")
            with pytest.raises(Error):
                connection.connect(access_token="another")
            run_dbt(connection, home, "show", 1, "--inline", "select raise_error('no')")
            run_dbt(connection, home, "compile", 0, "--inline", JUDGED)
            yield connection
    finally:
        os.environ.clear()
        os.environ.update(before)


def run_dbt(connection: Connection, home: Path, command: str, wanted: int, *more: str) -> None:
    paths = ["--target-path", str(home / "target"), "--log-path", str(home / "logs" / "debug")]
    with (home / "logs" / f"dbt-{command}.log").open("wb") as output:
        ended = subprocess.run(
            dbt_command(["--debug", "--log-level-file", "debug", command, *more, *paths]),
            cwd=PROJECT,
            env=dbt_environment(connection.dbt_environment()),
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    assert (ended.returncode != 0) == bool(wanted), Path(output.name).read_text()


def processes(connection: Connection) -> list[psutil.Process]:
    daemon = psutil.Process(connection.pid)
    family = [daemon, *daemon.children(recursive=True)]
    found = [process for process in family if process.status() != psutil.STATUS_ZOMBIE]
    assert any("java" in process.name() for process in found)
    return found


def test_the_token_stands_in_one_file(worked: Connection, home: Path) -> None:
    token, secret = worked.token.encode(), PROD_TOKEN.encode()
    files = [path for path in home.rglob("*") if path.is_file()]
    assert {"dbt.log", "warehouse.spark.log", "dbt-show.log"} <= {path.name for path in files}
    holding = [path for path in files if token in path.read_bytes()]
    assert holding == [home / "run" / "token"]
    assert (home / "run" / "token").stat().st_mode & 0o777 == 0o600
    assert [path for path in files if secret in path.read_bytes()] == []


def test_no_process_list_tells_a_secret(worked: Connection) -> None:
    for process in processes(worked):
        said = "\0".join([*process.cmdline(), *map("=".join, process.environ().items())])
        assert worked.token not in said
        assert PROD_TOKEN not in said


def test_what_the_warehouse_writes_is_for_its_owner_alone(worked: Connection, home: Path) -> None:
    for name in ("run", "logs", "lakehouse", "metastore"):
        assert (home / name).stat().st_mode & 0o777 == 0o700, name


def test_every_port_is_on_the_loopback_interface(worked: Connection) -> None:
    listening = [
        (process.name(), found.laddr)
        for process in processes(worked)
        for found in process.net_connections("inet")
        if found.status == psutil.CONN_LISTEN
    ]
    assert worked.port in [address.port for _, address in listening]
    assert {address.ip.removeprefix("::ffff:") for _, address in listening} == {"127.0.0.1"}


@pytest.mark.timeout(120)
def test_lines_that_would_stop_a_reader_get_their_reason(worked: Connection, home: Path) -> None:
    manifest = (home / "logs" / "dbt-compile.log").read_text()
    query = manifest.split("/* from here */")[-1].split("/* to here */")[0]
    with closing(worked.connect()) as client, closing(client.cursor()) as cursor:
        cursor.execute(f"select name, quarantine_reason from ({query})")
        found = {row[0]: row[1] for row in cursor.fetchall()}
    assert found == {name: reason for name, (_, reason) in LINES.items()}


HOSTILE = (
    "x'; drop table t; --",
    'x"`y',
    "x\\",
    "x\ny\x1b[31m",
    "ü🎉\u2028",
    ":a ? {{ b }}",
    "%27",
)


def test_files_and_regions_of_any_name_are_taken(lakehouse: Lakehouse, tmp_path: Path) -> None:
    odd = tmp_path / "it's `odd`"
    for number, name in enumerate(HOSTILE):
        folder = odd / "landing" / "p" / f"region={name.replace(':', '')}"
        folder.mkdir(parents=True)
        (folder / f"{name.replace(':', '')}.json").write_text(f'{{"n":{number}}}\n')
    settings = Settings(
        landing=str(odd / "landing"),
        checkpoints=str(odd / "check;points"),
        tables=odd / "external",
        settle_seconds=0,
    )
    source = Source(name="s", schema="b", table_name="t", path="p", format="jsonl", files="*.json")
    (first,) = run_sources(lakehouse.spark, [source], settings)
    (second,) = run_sources(lakehouse.spark, [source], settings)
    assert (first.status, first.files, first.rows) == ("ok", len(HOSTILE), len(HOSTILE))
    assert (second.status, second.files, second.rows) == ("ok", 0, 0)
    (odd / "landing" / "p" / "link.json").symlink_to("/etc/passwd")
    (third,) = run_sources(lakehouse.spark, [source], settings)
    assert third.status == "failed"
    assert "link.json leads to /etc/passwd" in third.message


def test_values_and_names_stay_what_they_are(lakehouse: Lakehouse) -> None:
    with closing(lakehouse.connection.connect()) as client, closing(client.cursor()) as cursor:
        for value in HOSTILE:
            name = quoted(value.replace(":", "").replace(".", "").replace("\n", ""))
            as_value, as_literal = rows(cursor, f"select :v as a, {literal(value)} as b", v=value)[
                0
            ]
            assert (as_value, as_literal) == (value, value)
            cursor.execute(f"create or replace temporary view v as select 1 as {name}")
            assert rows(cursor, f"select {name} from v")[0][0] == 1


def test_grants_are_refused_in_a_sentence_by_a_lakehouse_of_one_user(lakehouse: Lakehouse) -> None:
    with closing(lakehouse.connection.connect()) as client, closing(client.cursor()) as cursor:
        with pytest.raises(Error, match="does not emulate SHOW GRANTS"):
            found_grants(cursor, [Securable("catalog")], "lakeledger")
        with pytest.raises(Error, match="does not emulate GRANT"):
            cursor.execute(statements(load_grants(), "lakeledger")[0])
