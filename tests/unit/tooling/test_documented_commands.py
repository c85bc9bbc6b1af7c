"""Every command in the docs is one that there is, with options that it takes."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dbt.cli.main import cli as dbt
from typer.main import get_command

from operations.cli import app
from operations.dbt import PROJECT
from tests.shell_blocks import shell_blocks
from tests.unit.workflows.workflows import TARGETS

PAGES = sorted([PROJECT / "README.md", *(PROJECT / "docs").rglob("*.md")])
LAKELEDGER = get_command(app)
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"^ {4}(?=\S)(.*)$|`([^`\n]+)`", re.MULTILINE)
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'|\\\n")
_ENDS = re.compile(r"[\n|;>#&)]|…")
_COMMAND = re.compile(r"(?:^|\s|\()(lakeledger|make) (.*)")


def commands(page: str) -> Iterator[tuple[str, list[str]]]:
    """Programs and their words, out of blocks for a shell, indented lines and spans of code."""
    spans = (a or b for a, b in _CODE.findall(_FENCED.sub("", page)))
    for code in (*shell_blocks(page), *spans):
        for part in _ENDS.split(_QUOTED.sub(" Q ", code)):
            if found := _COMMAND.search(part):
                yield found[1], found[2].split()


def misread(command: Any, words: list[str]) -> str:
    """What a program does not know of these words; nothing where it knows all."""
    while hasattr(command, "commands") and words:
        name, *words = words
        if name.startswith("-"):
            break
        known = command.commands.get(name)
        if known is None:
            return f"{command.name or 'lakeledger'} has no command {name}"
        command = known
        if command.name == "dbt":
            command = dbt
    taken = {option for one in command.params for option in (*one.opts, *one.secondary_opts)}
    options = [word.strip("[]").partition("=")[0] for word in words]
    unknown = [one for one in options if one.startswith("--") and one not in {*taken, "--help"}]
    return f"{command.name} takes no {unknown}" if unknown else ""


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_commands_are_there(page: Path) -> None:
    wrong = set()
    for program, words in commands(page.read_text(encoding="utf-8")):
        if program == "lakeledger":
            wrong.add(misread(LAKELEDGER, words))
        elif words[0] not in TARGETS:
            wrong.add(f"make has no target {words[0]}")
    assert wrong <= {""}


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_blocks_for_a_shell_are_read_by_one(page: Path) -> None:
    for block in shell_blocks(page.read_text(encoding="utf-8")):
        read = subprocess.run(["bash", "-n"], input=block, capture_output=True, text=True)
        assert read.returncode == 0, f"{block}\n{read.stderr}"


def test_what_is_wrong_would_be_found() -> None:
    page = (
        "`lakeledger clsoe status`\n\n    make tets\n\n```sh\nlakeledger dbt run --selct x\n```\n"
    )
    found = list(commands(page))
    assert [misread(LAKELEDGER, words) for program, words in found if program == "lakeledger"] == [
        "run takes no ['--selct']",
        "lakeledger has no command clsoe",
    ]
    assert ("make", ["tets"]) in found
    assert sum(len(list(commands(page.read_text(encoding="utf-8")))) for page in PAGES) > 200
