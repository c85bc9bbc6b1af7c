"""Reading source declarations out of dbt's sources yml."""

from pathlib import Path

import pytest

from ingestion.errors import SourcesInvalid
from ingestion.sources import Source, load_sources

PROJECT_MODELS = Path(__file__).parents[3] / "models"


def declare(
    models: Path, ingestion: str, *, name: str = "usage", file: str = "_p__sources.yml"
) -> Path:
    folder = models / "bronze" / "platform"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / file).write_text(
        "sources:\n"
        "  - name: platform\n"
        "    schema: bronze_platform\n"
        "    tables:\n"
        f"      - name: {name}\n"
        f"        config: {{meta: {{ingestion: {ingestion}}}}}\n"
        "      - name: not_ingested\n"
    )
    return models


def test_a_declaration_becomes_a_source_with_defaults(tmp_path: Path) -> None:
    models = declare(tmp_path, "{path: platform/usage, format: jsonl}")
    assert load_sources(models) == (
        Source(
            name="usage",
            schema="bronze_platform",
            table_name="usage",
            path="platform/usage",
            format="jsonl",
            records_key=None,
            files="*",
            region="unknown",
            region_pattern="region=([^/]+)",
            allow_overwrites=False,
        ),
    )


def test_a_topic_is_a_source_without_files(tmp_path: Path) -> None:
    (source,) = load_sources(declare(tmp_path, "{format: kafka, topic: orders, region: eu}"))
    assert (source.topic, source.path, source.region) == ("orders", "", "eu")


@pytest.mark.parametrize(
    ("ingestion", "said"),
    [
        ("{format: kafka}", "topic is missing"),
        ("{format: kafka, topic: t, path: p}", "path speaks of files"),
        ("{format: kafka, topic: t, allow_overwrites: true}", "allow_overwrites speaks of files"),
        ("{format: jsonl, path: p, topic: t}", "topic speaks of messages"),
    ],
)
def test_files_and_topics_are_not_mixed(tmp_path: Path, ingestion: str, said: str) -> None:
    with pytest.raises(SourcesInvalid, match=said):
        load_sources(declare(tmp_path, ingestion))


def test_every_key_is_taken_over(tmp_path: Path) -> None:
    declare(
        tmp_path,
        "{path: p/u/, format: json_array, records_key: Records, files: '*.json*', region: global, "
        "region_pattern: 'r-(\\w+)', allow_overwrites: true}",
    )
    (source,) = load_sources(tmp_path)
    assert (source.path, source.records_key, source.files) == ("p/u", "Records", "*.json*")
    assert (source.region, source.region_pattern) == ("global", r"r-(\w+)")
    assert source.allow_overwrites


@pytest.mark.parametrize(
    ("ingestion", "says"),
    [
        ("{path: p, format: xml}", "format 'xml' is unknown"),
        ("{path: p}", "format is missing"),
        ("{format: jsonl}", "path is missing"),
        ("{path: /p, format: jsonl}", "path '/p' has to be a folder below the landing root"),
        ("{path: a/../../b, format: jsonl}", "has to be a folder below the landing root"),
        ("{path: p, format: jsonl, fromat: x}", "unknown key 'fromat'"),
        ("{path: p, format: jsonl, region_pattern: '('}", "is no regular expression"),
        ("{path: p, format: jsonl, region_pattern: 'a'}", "exactly one plain group"),
        ("{path: p, format: jsonl, region_pattern: '(?P<r>a)'}", "exactly one plain group"),
        ("{path: p, format: json_array}", "json_array needs records_key"),
        ("{path: p, format: jsonl, allow_overwrites: maybe}", "has to be true or false"),
        ("{path: p, format: jsonl, files: 'a/*.json'}", "cannot hold a slash"),
        ("{path: 12, format: jsonl}", "path is 12; it has to be a text"),
        ("jsonl", "has to be a mapping"),
    ],
)
def test_a_fault_names_file_source_and_key(tmp_path: Path, ingestion: str, says: str) -> None:
    declare(tmp_path, ingestion)
    with pytest.raises(SourcesInvalid) as caught:
        load_sources(tmp_path)
    assert str(caught.value).startswith("_p__sources.yml: platform.usage: ")
    assert says in str(caught.value)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    declare(tmp_path, "{path: p, format: xml, nonsense: 1}")
    with pytest.raises(SourcesInvalid) as caught:
        load_sources(tmp_path)
    assert len(str(caught.value).splitlines()) == 2


def test_two_sources_of_one_name_are_refused(tmp_path: Path) -> None:
    declare(tmp_path, "{path: a, format: jsonl}", file="_a__sources.yml")
    declare(tmp_path, "{path: b, format: jsonl}", file="_b__sources.yml")
    with pytest.raises(SourcesInvalid, match="source usage is declared 2 times"):
        load_sources(tmp_path)


def test_a_name_that_sql_cannot_take_is_refused(tmp_path: Path) -> None:
    declare(tmp_path, "{path: a, format: jsonl}", name="us-age")
    with pytest.raises(SourcesInvalid, match="name 'us-age' has to be a plain"):
        load_sources(tmp_path)


def test_broken_yaml_is_told_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "bronze").mkdir()
    (tmp_path / "bronze" / "_x__sources.yml").write_text("sources: [")
    with pytest.raises(SourcesInvalid, match=r"_x__sources\.yml: is no valid YAML"):
        load_sources(tmp_path)


def test_a_folder_without_declarations_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourcesInvalid, match="--models"):
        load_sources(tmp_path)


def test_the_project_declares_its_sources_without_fault() -> None:
    schemas = {source.schema for source in load_sources(PROJECT_MODELS)}
    assert schemas == {"bronze_commerce", "bronze_orders", "bronze_platform"}
