"""dbt says in each commit who made it, where the engine takes such a setting."""

import json
from types import SimpleNamespace

import pytest
from jinja2 import Environment

from operations.dbt import PROJECT
from warehouse.provenance import SETTING, Provenance

PATHS = {
    "the embedded lakehouse": "sql/protocolv1/o/0/0000-local",
    "a cluster": "sql/protocolv1/o/1234/0000-000000-abcdefgh",
}


def told(http_path: str) -> str:
    """What the macro tell_commits gives with such a target."""
    text = (PROJECT / "macros" / "platform_log.sql").read_text(encoding="utf-8")
    start = text.index("{% macro tell_commits() -%}")
    macro = text[start : text.index("{%- endmacro %}", start)] + "{%- endmacro %}"
    template = Environment(autoescape=False).from_string(macro + "{{ tell_commits() }}")
    environment = {"USER": "somebody", "LAKELEDGER_GIT_REVISION": "abc"}
    return template.render(
        execute=True,
        target=SimpleNamespace(http_path=http_path),
        invocation_id="run 1",
        env_var=environment.get,
        tojson=json.dumps,
    ).strip()


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_commits_say_what_those_of_python_say(path: str) -> None:
    setting, value = told(path).removeprefix("set ").split(" = ", 1)
    assert setting == SETTING
    said = json.loads(value)
    assert said.keys() == json.loads(Provenance.of("dbt").user_metadata).keys()
    assert (said["run_id"], said["actor"], said["git_revision"]) == ("run 1", "somebody", "abc")


def test_a_sql_warehouse_is_told_nothing_as_it_would_refuse_it() -> None:
    assert told("/sql/1.0/warehouses/0000000000000000") == ""
