"""Rules are data: what they may say, and that those of the project agree with the rest of it."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from databricks.sql.exc import ServerOperationError

from operations.alerting.errors import RulesInvalid
from operations.alerting.model import Severity
from operations.alerting.questions import ask, slow_sources, values_of
from operations.alerting.rules import FILE, Rule, load_rules
from operations.alerting.store import COLUMNS, TABLE
from operations.dbt import PROJECT
from tests.unit.alerting.samples import NOON, rule

RULES = load_rules()
NAMES = [one.name for one in RULES]
BY_NAME = {one.name: one for one in RULES}
DBT = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
# Severities that were asked for.
ASKED = {
    "stale-data": "MEDIUM above 24, HIGH above 48 hours",
    "quality": "HIGH below 85, CRITICAL below 70 of 100",
    "volume-anomaly": "MEDIUM above 0 spreads off",
    "order-anomaly": "MEDIUM above 0 spreads off",
    "sales-anomaly": "MEDIUM above 0 spreads off",
    "spend-anomaly": "MEDIUM above 0 deviations off",
    "churn": "MEDIUM above 500 customers",
    "job-failure": "HIGH above 0 runs",
}
TABLES = re.compile(r"\b(?:from|join) ([a-z_]+\.[a-z_]+)")


def columns_by_table() -> dict[str, set[str]]:
    """Columns of every mart by its contract, and of the tables of operations as declared."""
    found: dict[str, set[str]] = {}
    for grade in ("billing", "operational"):
        for file in (PROJECT / "models" / "gold" / grade).rglob("*.yml"):
            for model in yaml.safe_load(file.read_text(encoding="utf-8")).get("models", ()):
                columns = {column["name"] for column in model.get("columns", ())}
                found[f"gold_{grade}.{model['name']}"] = columns
    (declared,) = (PROJECT / "models").rglob("_operations__sources.yml")
    for table in yaml.safe_load(declared.read_text(encoding="utf-8"))["sources"][0]["tables"]:
        found[f"operations.{table['name']}"] = {column["name"] for column in table["columns"]}
    return found


KNOWN = columns_by_table()


def names_in(question: str) -> set[str]:
    """Names in a question that are neither words of SQL nor its own."""
    plain = re.sub(r"'[^']*'|\b(?:from|join) [a-z_]+\.[a-z_]+|:\w+", " ", question)
    own = set(re.findall(r"\bas (\w+)", plain))
    calls = set(re.findall(r"\b(\w+)\(", plain))
    return set(re.findall(r"\b[a-z]+_[a-z_]+\b", plain)) - own - calls


@pytest.mark.parametrize("name", ASKED)
def test_the_limits_are_those_that_were_asked_for(name: str) -> None:
    assert BY_NAME[name].limits() == ASKED[name]


def test_only_layers_of_critical_quality_stop_the_pipeline() -> None:
    assert [one.name for one in RULES if one.stops_pipeline] == ["quality"]


def test_limits_of_quality_are_those_of_whoever_is_on_duty() -> None:
    limits = {str(one.severity): one.limit for one in BY_NAME["quality"].levels}
    of_dbt = {name: DBT["vars"][f"duty_score_{name.lower()}"] for name in limits}
    assert limits == of_dbt


@pytest.mark.parametrize("name", NAMES)
def test_a_question_asks_for_what_is_there(name: str) -> None:
    question = BY_NAME[name].question
    tables = set(TABLES.findall(question))
    assert tables
    assert tables <= KNOWN.keys()
    assert names_in(question) - set().union(*(KNOWN[table] for table in tables)) == set()
    assert set(re.findall(r"as (subject|value|detail)\b", question)) >= {"value", "detail"}


def test_a_column_that_is_not_there_is_found() -> None:
    question = BY_NAME["stale-data"].question.replace("newest_landed_at", "newest_landing_at")
    assert names_in(question) - KNOWN["gold_operational.ops_freshness"] == {"newest_landing_at"}


@pytest.mark.parametrize("name", NAMES)
def test_a_question_is_given_every_parameter_that_it_names(name: str) -> None:
    given = values_of(BY_NAME[name], {"now": "", "slow_sources": ""})
    assert (
        set(re.findall(r":(\w+)", re.sub(r"'[^']*'", "", BY_NAME[name].question))) == given.keys()
    )


def test_every_parameter_of_the_file_is_used() -> None:
    questions = " ".join(one.question for one in RULES)
    assert [name for name in RULES[0].parameters if f":{name}" not in questions] == []


def test_the_runbook_asks_for_what_is_there() -> None:
    text = (PROJECT / "docs" / "runbooks" / "alerts.md").read_text(encoding="utf-8")
    asked = re.findall(r'^lakeledger sql "(.*?)"$', text, re.MULTILINE | re.DOTALL)
    assert len(asked) > 5
    for statement in asked:
        tables = set(TABLES.findall(statement))
        assert tables
        assert names_in(statement) - set().union(*(KNOWN[table] for table in tables)) == set()


def sections(page: str) -> list[str]:
    """Headings of the second level that are names of rules."""
    text = (PROJECT / page).read_text(encoding="utf-8")
    return re.findall(r"^## ([a-z][a-z0-9-]*)$", text, re.MULTILINE)


def test_the_runbook_has_a_section_for_each_rule_and_no_other() -> None:
    assert sections("docs/runbooks/alerts.md") == NAMES


def test_the_page_has_a_row_for_each_rule_with_its_limits_and_its_runbook() -> None:
    text = (PROJECT / "docs" / "alerts.md").read_text(encoding="utf-8")
    rows = dict(
        re.findall(r"^\| \[([a-z-]+)\]\(runbooks/alerts\.md#\1\) \| (.*)$", text, re.MULTILINE)
    )
    assert list(rows) == NAMES
    for one in RULES:
        assert rows[one.name].startswith(f"{one.limits()} |"), one.name
    assert sections("docs/alerts.md") == NAMES


def test_the_table_of_events_is_declared_made_and_written_alike() -> None:
    macro = (PROJECT / "macros" / "alerts.sql").read_text(encoding="utf-8")
    made = re.findall(r"^    (\w+) [\w<>]+(?: not null)?,?$", macro, re.MULTILINE)
    assert tuple(made) == COLUMNS
    assert KNOWN[TABLE] == set(COLUMNS)


def test_sources_that_come_seldom_are_left_out() -> None:
    slow = slow_sources()
    assert {"list_prices", "workspaces"} <= set(slow)
    assert not {"audit_logs", "billing_usage", "job_runs"} & set(slow)


GOOD: dict[str, Any] = {
    "name": "a-rule",
    "says": "Something is wrong.",
    "unit": "hours",
    "levels": [{"severity": "MEDIUM", "above": 1}],
    "escalate_minutes": 60,
    "channel": "mail",
    "resolves_when": "It is right.",
    "question": "select 1",
}


def loaded(tmp_path: Path, *rules: object, **more: object) -> tuple[Rule, ...]:
    file = tmp_path / "rules.yml"
    file.write_text(yaml.safe_dump({"alerts": list(rules), **more}), encoding="utf-8")
    return load_rules(file)


def test_a_rule_of_ones_own_is_read(tmp_path: Path) -> None:
    (found,) = loaded(tmp_path, GOOD, parameters={"days": 3})
    assert (found.limits(), found.parameters) == ("MEDIUM above 1 hours", {"days": 3})
    assert [found.severity_of(value) for value in (1, 1.1)] == [None, Severity.MEDIUM]
    assert found.runbook == "docs/runbooks/alerts.md#a-rule"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": "A rule"}, "a rule begins with a name"),
        ({"channel": "pigeon"}, "a-rule: channel has to be one of mail, page"),
        ({"colour": "red"}, "a-rule has colour"),
        ({"escalate_minutes": 0}, "escalate_minutes has to be a number above 0"),
        ({"stops_pipeline": "yes"}, "stops_pipeline true or false"),
        ({"question": " "}, "a-rule: question is empty"),
        ({"levels": []}, "a level has severity"),
        ({"levels": [{"severity": "BAD", "above": 1}]}, "a level has severity"),
        ({"levels": [{"severity": "HIGH", "above": True}]}, "a level has severity"),
        (
            {"levels": [{"severity": "HIGH", "above": 1}, {"severity": "MEDIUM", "above": 2}]},
            "from the mildest to the worst",
        ),
        (
            {"levels": [{"severity": "MEDIUM", "above": 2}, {"severity": "HIGH", "above": 1}]},
            "from the mildest to the worst",
        ),
        (
            {"levels": [{"severity": "MEDIUM", "above": 2}, {"severity": "HIGH", "below": 3}]},
            "on one side",
        ),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(
    change: dict[str, object], says: str, tmp_path: Path
) -> None:
    with pytest.raises(RulesInvalid, match=says):
        loaded(tmp_path, GOOD | change)


def test_a_file_that_makes_no_sense_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RulesInvalid, match="a-rule twice"):
        loaded(tmp_path, GOOD, GOOD)
    with pytest.raises(RulesInvalid, match="a-rule lacks unit"):
        loaded(tmp_path, {key: value for key, value in GOOD.items() if key != "unit"})
    with pytest.raises(RulesInvalid, match="parameters are numbers"):
        loaded(tmp_path, GOOD, parameters={"days": "3; drop table t"})
    for text in ("alerts: []", "[]", "{", ""):
        (tmp_path / "rules.yml").write_text(text)
        with pytest.raises(RulesInvalid):
            load_rules(tmp_path / "rules.yml")
    with pytest.raises(RulesInvalid, match=r"none\.yml cannot be read"):
        load_rules(tmp_path / "none.yml")


class Tables:
    """A cursor that answers, or says why not."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)

    def execute(self, operation: str, parameters: object = None) -> None:
        if isinstance(self.answers[0], Exception):
            raise self.answers.pop(0)

    def fetchall(self) -> Any:
        return self.answers.pop(0)


def test_one_question_that_fails_does_not_keep_the_others() -> None:
    missing = ServerOperationError("[TABLE_OR_VIEW_NOT_FOUND] The table `gold`.`t` cannot be found")
    cursor = Tables(missing, ServerOperationError("out of memory\nat java"), [["a", 30, None]])
    found = ask(cursor, [rule("one"), rule("two"), rule("three")], NOON)
    assert found.unwatched == {"one": "gold.t"}
    assert found.failed == {"two": "The warehouse did not answer: out of memory"}
    (only,) = found.findings["three"]
    assert (only.subject, only.value, only.detail) == ("a", 30.0, "")


def test_a_figure_that_is_not_known_is_no_finding() -> None:
    cursor = Tables([["a", None, ""], ["b", float("nan"), ""], ["c", 1, ""]])
    found = ask(cursor, [rule()], NOON)
    assert [one.subject for one in found.findings["stale-data"]] == ["c"]


def test_the_file_is_where_the_page_says() -> None:
    page = (PROJECT / "docs" / "alerts.md").read_text(encoding="utf-8")
    assert str(FILE.relative_to(PROJECT)) in page
