"""Least privilege: what each role may do is declared, covers every schema, and is quoted."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from ingestion.log_table import TABLE
from ingestion.sources import load_sources
from operations import grants
from operations.cli import app
from operations.dbt import PROJECT
from operations.grants import (
    Grant,
    GrantsInvalid,
    Securable,
    differences,
    found_grants,
    load_grants,
    statements,
)
from operations.queries import quoted
from warehouse.tokens import significant_tokens

DECLARED = load_grants()
WRITING = {"MODIFY", "CREATE TABLE"}
BRONZE = {source.schema for source in load_sources(PROJECT / "models")}
PERSONS = {Securable("table", ("silver", "quarantine")), Securable("schema", ("silver",))} | {
    Securable("schema", (schema,)) for schema in BRONZE
}


def holders(schema: str, privileges: set[str]) -> set[str]:
    """Who has any of the privileges on a schema, on a table in it, or on the catalog."""
    return {
        grant.principal.removeprefix("lakeledger-")
        for grant in DECLARED
        if grant.privilege in privileges and grant.on.parts[:1] in ((schema,), ())
    }


def schemas_named(node: object) -> Iterator[str]:
    """Every `+schema` in dbt_project.yml."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key == "+schema":
                yield value
            else:
                yield from schemas_named(value)


def made_schemas() -> set[str]:
    """Every schema that ingestion, the streams, dbt or a macro makes."""
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    macros = "\n".join(p.read_text(encoding="utf-8") for p in (PROJECT / "macros").glob("*.sql"))
    named = r"(?:generate_schema_name|kept_relation|create_kept_tables)\(\s*'(\w+)'"
    in_macros = set(re.findall(named, macros))
    assert {"ledger", "silver"} <= in_macros
    return BRONZE | {TABLE.split(".")[0], "live"} | set(schemas_named(project)) | in_macros


def test_every_schema_is_covered_and_no_other() -> None:
    assert {grant.on.parts[0] for grant in DECLARED if grant.on.parts} == made_schemas()


def test_every_schema_is_written_and_read_by_somebody() -> None:
    for schema in made_schemas():
        assert holders(schema, {"MODIFY"}), schema
        assert len(holders(schema, {"SELECT"})) > 1, schema


def test_only_the_close_writes_the_ledger() -> None:
    assert holders("ledger", WRITING) == {"close-officers"}


@pytest.mark.parametrize("schema", sorted(BRONZE))
def test_only_ingestion_writes_bronze(schema: str) -> None:
    assert holders(schema, WRITING) == {"ingest"}


def test_analysts_and_auditors_read_no_lines_as_people_wrote_them() -> None:
    who = {"lakeledger-billing-analysts", "lakeledger-operational-analysts", "lakeledger-auditors"}
    theirs = [grant for grant in DECLARED if grant.principal in who]
    assert theirs
    assert not any(g.on in PERSONS and g.privilege in {"SELECT", *WRITING} for g in theirs)
    assert not any(g.privilege in WRITING for g in theirs)


def test_each_grade_has_readers_of_its_own() -> None:
    assert "operational-analysts" not in holders("gold_billing", {"SELECT"})
    assert "billing-analysts" not in holders("gold_operational", {"SELECT"})


def test_nothing_is_granted_on_the_whole_catalog_but_its_use() -> None:
    assert {g.privilege for g in DECLARED if g.on.kind == "catalog"} == {"USE CATALOG"}


def test_who_can_use_anything_can_reach_it() -> None:
    for grant in DECLARED:
        assert Grant(Securable("catalog"), grant.principal, "USE CATALOG") in DECLARED
        if grant.on.parts:
            schema = Securable("schema", grant.on.parts[:1])
            assert Grant(schema, grant.principal, "USE SCHEMA") in DECLARED


@given(st.text(min_size=1), st.text(min_size=1), st.text(min_size=1))
def test_names_of_any_kind_stay_names(catalog: str, schema: str, principal: str) -> None:
    grant = Grant(Securable("schema", (schema,)), principal, "SELECT")
    (statement,) = statements([grant], catalog)
    tokens = significant_tokens(statement)
    assert [token.text for token in tokens if token.kind != "quoted"] == [
        "GRANT", "SELECT", "ON", "SCHEMA", ".", "TO",
    ]  # fmt: skip
    names = [token.text[1:-1].replace("``", "`") for token in tokens if token.kind == "quoted"]
    assert names == [catalog, schema, principal]


@given(st.text())
def test_a_quoted_name_is_one_token(name: str) -> None:
    (token,) = significant_tokens(quoted(name))
    assert token.kind == "quoted"


class Shown:
    """A cursor that answers SHOW GRANTS for schemas."""

    def __init__(self, answer: Sequence[Sequence[Any]]) -> None:
        self.asked: list[str] = []
        self._answer = answer

    def execute(self, operation: str, parameters: Mapping[str, Any] | None = None) -> None:
        self.asked.append(operation)

    def fetchall(self) -> Sequence[Sequence[Any]]:
        return self._answer


def test_what_holds_is_compared_with_what_is_declared() -> None:
    on = Securable("schema", ("silver",))
    cursor = Shown([
        ("a", "SELECT", "SCHEMA", "c.silver"),
        ("b", "USE_SCHEMA", "SCHEMA", "c.silver"),
        ("c", "SELECT", "CATALOG", "c"),
    ])  # fmt: skip
    found = found_grants(cursor, [on], "c`at")
    assert cursor.asked == ["show grants on SCHEMA `c``at`.`silver`"]
    declared = [Grant(on, "a", "SELECT"), Grant(on, "a", "USE SCHEMA")]
    assert differences(declared, found, "c") == [
        "missing: USE SCHEMA ON SCHEMA `c`.`silver` TO `a`",
        "not declared: USE SCHEMA ON SCHEMA `c`.`silver` TO `b`",
    ]
    assert differences(found, found, "c") == []


def test_the_command_prints_the_statements() -> None:
    ended = CliRunner().invoke(app, ["grants", "--catalog", "it's"])
    assert ended.exit_code == 0
    assert "GRANT USE SCHEMA, SELECT ON SCHEMA `it's`.`ledger` TO `lakeledger-auditors`;" in (
        ended.output
    )
    assert ended.output.count("GRANT ") == len(statements(DECLARED, "c"))


def test_a_comparison_without_a_token_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABRICKS_HOST", "nowhere.invalid")
    monkeypatch.delenv("DBT_ENV_SECRET_DATABRICKS_TOKEN", raising=False)
    ended = CliRunner().invoke(app, ["grants", "--check"])
    assert ended.exit_code == 1
    assert "DBT_ENV_SECRET_DATABRICKS_TOKEN" in ended.output


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (
            "{to: [x], securable: catalog, privileges: [SELECT], because: b}",
            "no principal is called x",
        ),
        ("{to: [a], securable: catalog, privileges: [ALL PRIVILEGES], because: b}", "is none of"),
        ("{to: [a], securable: schema, privileges: [SELECT], because: b}", "schema NAME"),
        ("{to: [a], securable: table x, privileges: [SELECT], because: b}", "table SCHEMA.NAME"),
        ("{to: [a], securable: catalog, privileges: [SELECT]}", "has to have because"),
        ("[]", "has to have because"),
    ],
)
def test_a_fault_is_told(tmp_path: Path, entry: str, said: str) -> None:
    file = tmp_path / "grants.yml"
    file.write_text(f"principals: {{a: {{name: n}}}}\ngrants: [{entry}]")
    with pytest.raises(GrantsInvalid, match=said):
        load_grants(file)


def test_the_declaration_is_the_one_of_the_project() -> None:
    assert grants.DECLARED == PROJECT / "resources" / "grants.yml"
