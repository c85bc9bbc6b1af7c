import json
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from landing_reader import SOURCES, verdict

from operations.simulator.assembly import reordered
from operations.simulator.audit import AuditGenerator, moments
from operations.simulator.errors import BadOptionError
from operations.simulator.faults import expected_reasons, malformed_line
from operations.simulator.histories import build_world
from operations.simulator.run import Producers
from operations.simulator.schedule import Schedule
from operations.simulator.session import check_window, default_start, parse_start
from operations.simulator.settings import PRESETS, FaultRates, Options, portion
from operations.simulator.usage import UsageGenerator
from operations.simulator.world import cloud_of

START = datetime(2026, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "change",
    [
        {"hours": 0},
        {"regions": ()},
        {"regions": ("a", "a")},
        {"regions": ("us/east",)},
        {"regions": ("global",)},
        {"events_per_hour": float("nan")},
        {"gzip_share": 1.5},
        {"start": datetime(2026, 1, 9, 0, 30, tzinfo=UTC)},
        {"start": datetime(1066, 1, 9, tzinfo=UTC)},
    ],
)
def test_an_option_without_sense_is_refused(change):
    with pytest.raises(BadOptionError):
        replace(Options(start=START), **change)


@pytest.mark.parametrize(
    "rates",
    [{"duplicates": 1.1}, {"bom": -0.1}, {"drift": float("nan")}, {"orphan_retractions": -1}],
)
def test_a_fault_rate_out_of_range_is_refused(rates):
    with pytest.raises(BadOptionError):
        FaultRates(**rates)


def test_every_option_is_part_of_the_name_of_a_run():
    options = Options(start=START)
    others = [
        replace(options, seed=2),
        replace(options, file_rows=9),
        replace(options, faults=PRESETS["none"]),
    ]
    assert len({o.tag for o in [options, *others]}) == 4


@pytest.mark.parametrize("text", ["2026-01-09", "2026-01-09T00:00Z", "2026-01-09T02:00+02:00"])
def test_a_start_is_read_as_utc(text):
    assert parse_start(text) == START


@pytest.mark.parametrize("text", ["soon", "2026-01-09T10:30", ""])
def test_a_start_that_is_no_hour_is_refused(text):
    with pytest.raises(BadOptionError):
        parse_start(text)


def test_the_default_window_ends_two_hours_ago_and_a_later_one_is_refused():
    now = datetime(2026, 1, 9, 12, 34, tzinfo=UTC)
    start = default_start(3, now)
    assert start == datetime(2026, 1, 9, 7, tzinfo=UTC)
    check_window(Options(start=start, hours=3), now)
    with pytest.raises(BadOptionError, match="too close to now"):
        check_window(Options(start=start, hours=4), now)


def test_one_source_does_not_move_another(small):
    world = build_world(small)
    alone = UsageGenerator(Schedule(world)).lines("us-east-1", small.start)
    AuditGenerator(world).lines("us-east-1", small.start)
    assert UsageGenerator(Schedule(world)).lines("us-east-1", small.start) == alone


def test_no_two_events_share_time_and_request_however_dense_they_are():
    drawn = moments(Random(1), 200_000)
    assert len(set(drawn)) == len(drawn)
    assert len({request for _, request in drawn}) < len(drawn)


def test_a_region_without_a_workspace_delivers_nothing(small):
    world = build_world(replace(small, workspaces=1))
    assert UsageGenerator(Schedule(world)).lines("eu-west-1", small.start) == []
    assert AuditGenerator(world).lines("eu-west-1", small.start) == []


def test_the_oversize_line_comes_once_and_is_good(small):
    faults = FaultRates(oversize=True)
    options = replace(small, hours=6, faults=faults)
    producers = Producers(build_world(options))
    files = [file for hour in options.hour_starts() for file in producers.files(hour)]
    (line,) = [line for file in files for line in file.good if "oversize" in line.features]
    assert len(line.text) > 5_000_000
    assert isinstance(verdict("audit_logs", line.text.encode()), dict)


@pytest.mark.parametrize(
    ("region", "cloud"),
    [
        ("us-east-1", "AWS"),
        ("ap-southeast-2", "AWS"),
        ("westeurope", "AZURE"),
        ("us-central1", "GCP"),
    ],
)
def test_a_region_name_tells_its_cloud(region, cloud):
    assert cloud_of(region) == cloud


@given(st.integers(0, 10_000), st.floats(0, 1), st.integers())
def test_a_portion_is_never_off_by_one_or_more(count, share, seed):
    assert abs(portion(Random(seed), count, share) - count * share) <= 1


@pytest.fixture(scope="module")
def templates():
    options = Options(start=START, hours=4, metrics_step=30, faults=PRESETS["none"])
    producers = Producers(build_world(options))
    found = {}
    for hour in options.hour_starts():
        for file in producers.files(hour):
            found.setdefault(file.source, []).extend(line.text for line in file.good)
    return found


@pytest.mark.parametrize("source", SOURCES)
def test_each_malformed_line_has_the_one_defect_it_is_made_for(templates, source):
    reasons, seen = expected_reasons()[source], set()
    rng = Random(1)
    for _ in range(300):
        text, kind = malformed_line(source, rng.choice(templates[source]), START, rng)
        assert verdict(source, text.encode("utf-8", "surrogateescape")) == reasons[kind]
        assert "\n" not in text
        seen.add(kind)
    assert seen == set(reasons)


def test_a_reordered_line_is_another_text_with_the_same_content(templates):
    text = templates["audit_logs"][0]
    assert reordered(text) != text
    assert json.loads(reordered(text)) == json.loads(text)
