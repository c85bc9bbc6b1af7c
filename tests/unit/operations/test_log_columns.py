"""Three write the log of the platform; its columns are the same for all, its version one."""

import re
import tomllib
from pathlib import Path

import yaml

from ingestion.platform_log import COLUMNS

ROOT = Path(__file__).parents[3]


def test_dbt_writes_the_columns_that_ingestion_makes() -> None:
    macro = (ROOT / "macros" / "platform_log.sql").read_text()
    body = re.search(r"macro platform_log_columns\(\).*?endmacro", macro, re.DOTALL)
    assert body is not None
    assert dict(re.findall(r"'(\w+)': '([\w<>,]+)'", body[0])) == COLUMNS


def test_the_version_is_one() -> None:
    project = yaml.safe_load((ROOT / "dbt_project.yml").read_text())
    package = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == project["vars"]["code_version"] == package["version"]
