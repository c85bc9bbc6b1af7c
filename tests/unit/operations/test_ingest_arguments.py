"""`lakeledger run` goes through every source, wherever some of them lie."""

from pathlib import Path

from ingestion.selection import Choice, choose
from operations.pipeline import ingest_arguments


def test_sources_that_never_deliver_get_their_tables(tmp_path: Path) -> None:
    arguments = ingest_arguments(tmp_path, None, ["cloudtrail=/data/trails"])
    assert arguments == (
        "--landing", str(tmp_path / "landing"), "--source-path", "cloudtrail=/data/trails",
    )  # fmt: skip
    assert (tmp_path / "landing").is_dir()
    taken, settings, _ = choose(
        Choice(landing=arguments[1], source_paths=(arguments[3],), home=tmp_path)
    )
    assert {"audit_logs", "cloudtrail", "orders", "retail_lines"} <= {s.name for s in taken}
    assert settings.folders == {"cloudtrail": "/data/trails"}


def test_a_landing_folder_that_is_named_has_to_be_there(tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    assert ingest_arguments(tmp_path, missing, []) == ("--landing", str(missing))
    assert not missing.exists()
    assert ingest_arguments(tmp_path, None, []) == ()
