"""What is broken stops nothing and loses nothing: each line is in silver or has its reason."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from operations.quarantine.decisions import Choice, dismiss, expire, open_rows, requeue
from operations.quarantine.sources import QuarantineRefused, declared_sources, find_source
from tests.project_copy import copy_project
from tests.scenarios.account import JUDGED_ONCE, WITHOUT_UNIT_TESTS, Account

STAGED = ("stg_platform__audit_logs", "stg_platform__delivery_manifests")
SELECTED = ("--select", *STAGED, "--indirect-selection", "buildable")
GOOD = b'{"timestamp":1767225600000,"serviceName":"jobs","actionName":"%s"}'


def event(action: str) -> bytes:
    return GOOD % action.encode()


# Broken lines by the reason that each is expected to get.
REJECTED: dict[str, list[bytes]] = {
    "empty_line": [b"", b"   ", b"\r"],
    "invalid_utf8": [event("a").replace(b"jobs", b"j\xff\xfe")],
    "malformed_json": [
        b'{"timestamp":17672',
        b"[1, 2]",
        b'"text"',
        b"null",
        event("b") + b" tail",
        event("b") + event("c"),
        event("b").replace(b'"', b"'"),
        b'{"a":' * 3000 + b"1" + b"}" * 3000,
    ],
    "duplicate_key:serviceName": [event("d")[:-1] + b',"serviceName":"other"}'],
    "missing_key:timestamp": [
        b'{"serviceName":"jobs","actionName":"e"}',
        b'{"timestamp":null,"serviceName":"jobs","actionName":"e"}',
    ],
    "missing_key:serviceName": [b'{"timestamp":1767225600000,"servicename":"x","actionName":"e"}'],
    "wrong_type:timestamp": [
        b'{"timestamp":"soon","serviceName":"jobs","actionName":"f"}',
        b'{"timestamp":1.5,"serviceName":"jobs","actionName":"f"}',
        b'{"timestamp":99999999999999999,"serviceName":"jobs","actionName":"f"}',
    ],
    "wrong_type:userIdentity": [event("g")[:-1] + b',"userIdentity":"someone"}'],
    "future_event_time": [event("h").replace(b"1767225600000", b"7258118400000")],
}
# Odd but good lines, by action.
TAKEN: dict[str, bytes] = {
    "plain": event("plain"),
    "quoted": event("quoted").replace(b"1767225600000", b'"1767225600000"'),
    "bom": b"\xef\xbb\xbf" + event("bom"),
    "carriage_return": event("carriage_return") + b"\r",
    "unknown_field": event("unknown_field")[:-1] + b',"new":{"a":1}}',
    "huge": event("huge")[:-1] + b',"requestParams":{"text":"' + b"x" * 5_000_000 + b'"}}',
    "number_as_text": event("number_as_text")[:-1] + b',"workspaceId":2615207362795523}',
}


def manifest(region: str, **fields: str) -> bytes:
    said = {
        "source": "audit_logs",
        "region": region,
        "sector_start": "2026-01-01T00:00:00Z",
        "sector_end": "2026-01-01T01:00:00Z",
        "record_count": 1,
        "complete_through": "2026-01-01T01:00:00Z",
        "emitted_at": "2026-01-01T01:05:00Z",
    }
    return json.dumps(said | fields).encode()


# A producer whose clock is ahead would have the last word for as long as it is.
MANIFESTS = {
    "future_emitted_at": manifest("r1", emitted_at="2226-01-01T01:05:00Z"),
    "future_complete_through": manifest("r2", complete_through="2226-01-01T01:00:00Z"),
    "missing_key:record_count": manifest("r3").replace(b'"record_count"', b'"rows"'),
}


def lines() -> list[bytes]:
    return [line for broken in REJECTED.values() for line in broken] + list(TAKEN.values())


@pytest.fixture(scope="module")
def broken(account: Account) -> Account:
    """Two deliveries: the second goes the incremental way, as a large batch would."""
    for region in ("r1", "r2"):
        account.land("audit_logs", "lines.json", b"\n".join(lines()) + b"\n", region)
        manifests = [manifest("r1"), *MANIFESTS.values()]
        account.land("delivery_manifests", "lines.json", b"\n".join(manifests) + b"\n", region)
        account.ingest()
        account.dbt("build", *SELECTED, *WITHOUT_UNIT_TESTS, *JUDGED_ONCE)
    return account


def test_each_broken_line_has_its_reason_in_both_runs(broken: Account) -> None:
    expected = {reason: 2 * len(broken_lines) for reason, broken_lines in REJECTED.items()}
    assert broken.reasons("audit_logs") == expected
    assert broken.reasons("delivery_manifests") == dict.fromkeys(MANIFESTS, 2)


def test_odd_lines_are_taken_once(broken: Account) -> None:
    taken = broken.rows("select action_name from silver.stg_platform__audit_logs")
    assert sorted(action for (action,) in taken) == sorted(TAKEN)


def test_a_large_batch_leaves_no_table_behind(broken: Account) -> None:
    log = (broken.home / "debug" / "dbt.log").read_text(encoding="utf-8")
    for model in STAGED:
        assert f"create or replace table `lakeledger`.`silver`.`{model}__judged`" in log
    assert not broken.rows("show tables in silver like '*__judged'")


def test_rows_add_up(broken: Account) -> None:
    rows = broken.layers("platform.audit_logs")["platform.audit_logs"]
    assert rows.bronze == 2 * len(lines())
    assert rows.duplicates == len(TAKEN)


def test_unknown_field_is_kept(broken: Account) -> None:
    found = broken.rows(
        """select rescued_fields from silver.stg_platform__audit_logs
        where action_name = 'unknown_field'"""
    )
    assert found == [('{"new":"{\\"a\\":1}"}',)]


def test_values_survive(broken: Account) -> None:
    found = broken.rows(
        """select max(length(request_params['text'])), max(workspace_id)
        from silver.stg_platform__audit_logs"""
    )
    assert found == [(5_000_000, "2615207362795523")]


def mended_project(folder: Path) -> Path:
    """The project with a rule changed: audit events may be of any time to come."""
    copy_project(folder)
    declared = folder / "models" / "bronze" / "platform" / "_platform__sources.yml"
    clock = "              event_time: record.timestamp\n"
    text = declared.read_text()
    assert clock in text
    declared.write_text(text.replace(clock, f"{clock}              max_future: 999999 days\n"))
    return folder


def still_open(account: Account) -> dict[str, int]:
    with account.cursor() as cursor:
        found = open_rows(cursor)
    return {row.reason: row.rows for row in found if row.source == "platform.audit_logs"}


@pytest.mark.full
def test_what_was_decided_on_is_judged_again_or_settled(broken: Account, tmp_path: Path) -> None:
    source = find_source(declared_sources(broken.target / "manifest.json"), "audit_logs")
    before = still_open(broken)
    with broken.cursor() as cursor:
        for reason, count in (("future_event_time", 2), ("missing_key:serviceName", 2)):
            choice = Choice(source=source, reason=reason)
            assert requeue(cursor, choice, "user-0001@example.com", "the rule was mended") == count
            with pytest.raises(QuarantineRefused, match="Nothing open"):
                requeue(cursor, choice, "user-0001@example.com", "")
        malformed = Choice(source=source, reason="malformed_json")
        dismissed = dismiss(cursor, malformed, "user-0001@example.com", "delivered anew")
    assert dismissed == before["malformed_json"]

    mended = replace(broken, target=tmp_path / "target")
    project = mended_project(tmp_path / "project")
    mended.dbt("build", "--project-dir", str(project), *SELECTED)

    # One is good by the rule as it is now; the other is rejected once more, and open again.
    assert broken.rows(
        """select action_name, count(*) from silver.stg_platform__audit_logs
        where action_name in ('h', 'e') group by all"""
    ) == [("h", 1)]
    gone = {"future_event_time", "malformed_json"}
    assert still_open(broken) == {
        reason: count for reason, count in before.items() if reason not in gone
    }


@pytest.mark.full
def test_rows_of_money_expire_only_once_decided_on(broken: Account) -> None:
    source = find_source(declared_sources(broken.target / "manifest.json"), "audit_logs")
    kept, past = replace(source, is_billing=True), replace(source, retention_days=0)
    with broken.cursor() as cursor:
        assert expire(cursor, kept) == 0
        assert expire(cursor, replace(kept, retention_days=0)) > 0
        assert sum(still_open(broken).values()) == expire(cursor, past) > 0
        assert expire(cursor, past) == 0
    assert broken.reasons("audit_logs") == {}
    assert broken.reasons("delivery_manifests") == dict.fromkeys(MANIFESTS, 2)
