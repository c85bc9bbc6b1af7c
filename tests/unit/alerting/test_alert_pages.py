"""Every command of the pages about alerts is one that the command line takes."""

import re
import shlex
from pathlib import Path

import pytest
import typer

from operations.cli import app
from operations.dbt import PROJECT
from tests.shell_blocks import shell_blocks
from tests.unit.bundle.commands import parsed

PAGES = ("docs/alerts.md", "docs/runbooks/alerts.md")
COMMAND = re.compile(
    r"^(?:! )?lakeledger (.*?)(?: \|\| true)?(?:\s+#.*)?$", re.MULTILINE | re.DOTALL
)
LAKELEDGER = typer.main.get_command(app)
VALUE = "2026-01-09T12:00:00"


def commands(page: str) -> list[list[str]]:
    """The arguments of each `lakeledger` in blocks of commands, indented or fenced."""
    text = (PROJECT / page).read_text(encoding="utf-8")
    blocks = shell_blocks(text)
    blocks += ["\n".join(re.findall(r"^    (lakeledger .*)$", text, re.MULTILINE))]
    found = []
    for block in blocks:
        # A line in a quoted statement belongs to the command before it.
        for lines in re.split(r"\n(?=\S)", block):
            if match := COMMAND.fullmatch(lines.strip()):
                found.append(shlex.split(re.sub(r"\$\([^)]*\)", VALUE, match[1])))
    return found


@pytest.mark.parametrize("page", PAGES)
def test_every_command_is_taken_by_the_command_line(page: str) -> None:
    listed = commands(page)
    assert len(listed) > 15
    for arguments in {tuple(one): one for one in listed}.values():
        parsed(LAKELEDGER, "lakeledger", arguments)


def test_a_command_that_is_not_taken_is_found() -> None:
    with pytest.raises(typer.TyperException):
        parsed(LAKELEDGER, "lakeledger", ["alerts", "snooze"])


@pytest.mark.parametrize("page", PAGES)
def test_every_page_that_is_linked_is_there(page: str) -> None:
    file = PROJECT / page
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", file.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (file.parent / target).resolve().is_relative_to(PROJECT)
            assert Path(file.parent / target).exists(), target
