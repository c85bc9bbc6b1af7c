from collections import Counter
from dataclasses import replace

import pytest
from landing_reader import SOURCES, line_key, lines_with_folders, verdict

from operations.simulator.assembly import Assembler
from operations.simulator.histories import build_world
from operations.simulator.records import GoodLine
from operations.simulator.run import Producers
from operations.simulator.settings import PRESETS, FaultRates


@pytest.mark.parametrize("source", SOURCES)
def test_a_reader_of_the_files_finds_what_the_bill_announces(delivered, source):
    found = [
        (folder, line, verdict(source, line))
        for folder, line in lines_with_folders(delivered.landing, source)
    ]
    good = [(folder, line, v) for folder, line, v in found if isinstance(v, dict)]
    reasons = Counter(v for _, _, v in found if isinstance(v, str))
    keys = {line_key(source, *line) for line in good}
    counts = delivered.source(source)
    assert len(found) == counts["lines"] > 0
    assert len(keys) == counts["distinct_records"]
    assert len(good) - len(keys) == counts["duplicate_lines"]
    assert dict(sorted(reasons.items())) == counts["malformed_by_reason"]


@pytest.mark.parametrize("source", SOURCES)
def test_every_line_is_exactly_one_of_distinct_duplicate_malformed(delivered, source):
    for state in delivered.bill["states"].values():
        counts = state["sources"][source]
        parts = ("distinct_records", "duplicate_lines", "malformed_lines")
        assert counts["lines"] == sum(counts[part] for part in parts)


def test_the_run_holds_every_fault_it_can_hold(delivered):
    usage, audit = delivered.source("billing_usage"), delivered.source("audit_logs")
    reasons = delivered.bill["quarantine_reasons"]
    assert set(usage["malformed_by_kind"]) == set(reasons["billing_usage"])
    assert set(audit["malformed_by_kind"]) == set(reasons["audit_logs"])
    for counts in (usage, audit):
        assert all(counts["duplicates"][k] for k in ("within_file", "across_files"))
        assert counts["duplicates"]["across_regions"]
    assert {"retraction", "restatement", "string_number", "unpriced", "bom"} <= set(
        usage["features"]
    )
    assert audit["duplicates"]["reordered"]


def test_without_faults_every_line_is_a_distinct_record(tmp_path, small, deliver_to):
    clean = deliver_to(tmp_path, replace(small, hours=4, faults=PRESETS["none"]))
    for source in ("billing_usage", "audit_logs"):
        counts = clean.source(source)
        assert counts["lines"] == counts["distinct_records"] > 0
        assert set(counts["features"]) <= {"cut_value"}


def test_rows_are_out_of_order_only_where_that_is_asked_for(small):
    def in_order(faults: FaultRates) -> bool:
        options = replace(small, hours=2, faults=faults)
        files = Producers(build_world(options)).files(options.start)
        return all(list(f.rows) == [g.text for g in f.good] for f in files)

    assert in_order(PRESETS["none"])
    assert not in_order(FaultRates(out_of_order=0.5))


@pytest.mark.parametrize(("shared", "kind"), [(True, "across_regions"), (False, "within_file")])
def test_only_lines_that_tell_their_region_are_copied_into_another(small, shared, kind):
    rates = FaultRates(duplicates=1.0, across_regions=1.0)
    assembler = Assembler(replace(small, faults=rates), "audit_logs")
    first, second = (
        [GoodLine(f'{{"n":"{name}{n}"}}', 0, shared=shared) for n in range(20)] for name in "ab"
    )
    list(assembler.files("us-east-1", small.start, first))
    (file,) = assembler.files("eu-west-1", small.start, second)
    assert file.duplicates == {kind: 20}
