"""A source that fails again and again is left alone, the others go on, and the log says why."""

from dataclasses import replace
from typing import Any

from ingestion.stream import SourceResult
from tests.integration.ingestion.bench import Bench, half_gzip

GOOD = b'{"a":1}\n'


def logged(bench: Bench) -> list[Any]:
    """(source, status, rows) of every row of the platform's log, in its order."""
    path = bench.home / "external" / "operations" / "platform_logs"
    frame = bench.spark.sql(
        f"select subject, status, rows_out from delta.`{path}` order by logged_at, subject"
    )
    return [tuple(row) for row in frame.collect()]


def test_a_failing_source_is_held_off_until_somebody_tries(bench: Bench) -> None:
    other = replace(bench.source, name="other", table_name="other", path="p/other")
    bad = bench.put("a.json.gz", half_gzip(GOOD))
    bench.of(path="p/other").put("good.json", GOOD)

    def run(**changes: Any) -> dict[str, SourceResult]:
        results = bench.ingest_all([bench.source, other], **changes)
        return {result.source: result for result in results}

    for _ in range(3):
        assert run()["audit"].status == "failed"
    held = run()
    assert (held["audit"].status, held["other"].status) == ("held off", "ok")
    assert held["audit"].message.startswith("held off until ")
    assert "--try-now" in held["audit"].message

    bad.unlink()
    bench.put("b.json", GOOD)
    tried = run(try_now=True)
    assert (tried["audit"].status, tried["audit"].rows) == ("ok", 1)
    assert run()["audit"].status == "ok"
    assert [status for source, status, _ in logged(bench) if source == "audit"] == [
        *3 * ["failed"],
        "held off",
        *2 * ["ok"],
    ]
    assert sum(rows for source, _, rows in logged(bench) if source == "other") == 1


def test_a_log_that_cannot_be_read_stops_nothing(bench: Bench) -> None:
    broken = bench.home / "external" / "operations" / "platform_logs" / "_delta_log"
    broken.mkdir(parents=True)
    (broken / "00000000000000000000.json").write_text("no log\n")
    bench.put("a.json", GOOD)
    assert bench.ingest().rows == 1
