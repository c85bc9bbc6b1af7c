"""Arguments of the command made into sources and settings."""

from pathlib import Path

import pytest

from ingestion.errors import WrongUse
from ingestion.selection import Choice, choose


@pytest.fixture
def models(tmp_path: Path) -> Path:
    (tmp_path / "bronze").mkdir()
    tables = "\n".join(
        f"  - {{name: {n}, config: {{meta: {{ingestion: {{path: p/{n}, format: jsonl}}}}}}}}"
        for n in ("audit", "usage")
    )
    (tmp_path / "bronze" / "_p__sources.yml").write_text(
        f"sources:\n- name: p\n  tables:\n{tables}\n"
    )
    return tmp_path


def test_by_default_everything_lies_in_the_home(models: Path) -> None:
    sources, settings, home = choose(Choice(models=models, home=Path("/h"), platform="local"))
    assert [source.name for source in sources] == ["audit", "usage"]
    assert home == Path("/h")
    assert settings.folder("audit", "p/audit") == "/h/landing/p/audit"
    assert settings.checkpoint("audit") == "/h/checkpoints/audit"
    assert settings.tables == Path("/h/external")


def test_source_paths_alone_choose_their_sources(models: Path) -> None:
    choice = Choice(models=models, source_paths=("usage=/x",), platform="local")
    sources, settings, _ = choose(choice)
    assert [source.name for source in sources] == ["usage"]
    assert settings.folder("usage", "p/usage") == "/x"


def test_relative_folders_are_made_as_spark_names_them(models: Path) -> None:
    choice = Choice(models=models, source_paths=("usage=a/../b",), platform="local")
    assert choose(choice)[1].folder("usage", "p") == str(Path.cwd() / "b")


def test_a_landing_beside_source_paths_keeps_all_sources(models: Path) -> None:
    choice = Choice(models=models, source_paths=("usage=/x",), landing="/l", platform="local")
    assert len(choose(choice)[0]) == 2


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"sources": ("orders",)}, "No source is called orders; declared are audit, usage"),
        ({"source_paths": ("orders=/x",)}, "No source is called orders"),
        ({"source_paths": ("usage",)}, "has to be NAME=DIR"),
        ({"platform": "cloud"}, "--platform 'cloud' is unknown"),
        ({"platform": "databricks"}, "--landing, --checkpoints and --catalog have to be given"),
    ],
)
def test_wrong_use_is_told(models: Path, wrong: dict[str, object], says: str) -> None:
    with pytest.raises(WrongUse, match=says):
        choose(Choice(models=models, **wrong))  # type: ignore[arg-type]


def test_databricks_takes_addresses_as_they_are(models: Path) -> None:
    choice = Choice(
        models=models,
        platform="databricks",
        landing="s3://l/x/",
        checkpoints="/Volumes/c",
        catalog="main",
    )
    _, settings, _ = choose(choice)
    assert settings.folder("audit", "p/audit") == "s3://l/x/p/audit"
    assert settings.tables is None
