"""The options for Auto Loader and for its local stand-in, as values."""

from dataclasses import replace

from ingestion.reader import auto_loader_options, file_source_options, literal_path
from ingestion.settings import Settings, detect_platform
from ingestion.sources import Source

JSONL = Source(
    name="audit",
    schema="bronze",
    table_name="audit",
    path="p/audit",
    format="jsonl",
    files="*.json*",
)
CSV = replace(JSONL, format="csv", files="*.csv", allow_overwrites=True)
SETTINGS = Settings(landing="/Volumes/l", checkpoints="/Volumes/c", platform="databricks")


def test_auto_loader_lands_raw_lines() -> None:
    assert auto_loader_options(JSONL, SETTINGS) == {
        "cloudFiles.format": "text",
        "cloudFiles.schemaLocation": "/Volumes/c/audit/_schema",
        "cloudFiles.schemaEvolutionMode": "none",
        "cloudFiles.partitionColumns": "",
        "cloudFiles.includeExistingFiles": "true",
        "cloudFiles.allowOverwrites": "false",
        "cloudFiles.maxFilesPerTrigger": "1000",
        "cloudFiles.maxBytesPerTrigger": "10g",
        "cloudFiles.validateOptions": "true",
        "lineSep": "\n",
        "pathGlobFilter": "*.json*",
        "recursiveFileLookup": "true",
        "ignoreCorruptFiles": "false",
        "ignoreMissingFiles": "true",
    }


def test_auto_loader_reads_whole_files_that_have_to_be_cut() -> None:
    options = auto_loader_options(CSV, SETTINGS)
    assert options["wholetext"] == "true"
    assert "lineSep" not in options
    assert options["cloudFiles.allowOverwrites"] == "true"


def test_managed_file_events_are_asked_for_only_when_wanted() -> None:
    key = "cloudFiles.useManagedFileEvents"
    assert key not in auto_loader_options(JSONL, SETTINGS)
    assert auto_loader_options(JSONL, replace(SETTINGS, managed_file_events=True))[key] == "true"


def test_the_file_source_reads_old_files_and_fails_on_broken_ones() -> None:
    assert file_source_options(JSONL, replace(SETTINGS, max_files=7)) == {
        "lineSep": "\n",
        "pathGlobFilter": "*.json*",
        "recursiveFileLookup": "true",
        "ignoreCorruptFiles": "false",
        "ignoreMissingFiles": "true",
        "maxFilesPerTrigger": "7",
        "maxFileAge": "36500d",
    }


def test_a_folder_name_is_no_pattern() -> None:
    assert literal_path("/a[1]/{b}*?") == r"/a\[1\]/\{b\}\*\?"


def test_the_runtime_decides_the_platform_unless_one_is_chosen() -> None:
    runtime = {"DATABRICKS_RUNTIME_VERSION": "16.4"}
    assert detect_platform(None, runtime) == "databricks"
    assert detect_platform(None, {}) == "local"
    assert detect_platform("local", runtime) == "local"
