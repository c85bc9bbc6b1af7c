import hashlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from landing_reader import key, lines, verdict

from operations.simulator.commands import Targets, prepare
from operations.simulator.delivery import Delivery, EncodedFile, write_atomically
from operations.simulator.errors import (
    BadOptionError,
    LandingConflictError,
    LandingInUseError,
    LandingWriteError,
)
from operations.simulator.session import repeated_start


def contents(landing: Path) -> dict[str, bytes]:
    files = (p for p in (landing / "platform").rglob("*") if p.is_file())
    return {str(p.relative_to(landing)): p.read_bytes() for p in files}


def test_the_same_options_give_the_same_bytes(tmp_path, delivered, deliver_to):
    assert contents(deliver_to(tmp_path).landing) == contents(delivered.landing)


def test_another_seed_gives_other_records(tmp_path, delivered, small, deliver_to):
    other = deliver_to(tmp_path, replace(small, seed=8, hours=2))
    assert other.bill["account_id"] != delivered.bill["account_id"]


def test_on_time_and_late_together_are_all(tmp_path, delivered, deliver_to, small):
    first = deliver_to(tmp_path, phases="on-time")
    before = contents(first.landing)
    assert first.bill["state"] == "on-time"
    second = deliver_to(tmp_path, phases="late")
    after = contents(second.landing)
    assert len(before) < len(after)
    assert before.items() <= after.items()
    assert after == contents(delivered.landing)
    assert second.bill["states"] == delivered.bill["states"]


def test_the_on_time_state_is_what_the_on_time_files_hold(tmp_path, deliver_to):
    done = deliver_to(tmp_path, phases="on-time")
    for source in ("billing_usage", "audit_logs"):
        good = (verdict(source, line) for line in lines(done.landing, source))
        distinct = {key(source, record) for record in good if isinstance(record, dict)}
        assert len(distinct) == done.source(source)["distinct_records"]


def test_late_before_on_time_is_refused(tmp_path, deliver_to):
    with pytest.raises(BadOptionError, match="on-time"):
        deliver_to(tmp_path, phases="late")


def test_a_repeated_run_writes_nothing_and_touches_nothing(tmp_path, small, deliver_to):
    options = replace(small, hours=2)
    landing = deliver_to(tmp_path, options).landing
    stamps = {p: p.stat().st_mtime_ns for p in landing.rglob("*.json*") if "region=" in str(p)}
    deliver_to(tmp_path, options)
    assert {p: p.stat().st_mtime_ns for p in stamps} == stamps


def test_another_run_is_refused_unless_asked_for(tmp_path, small, deliver_to):
    deliver_to(tmp_path, replace(small, hours=2))
    with pytest.raises(LandingInUseError, match="seed 7, 2 hours"):
        deliver_to(tmp_path, replace(small, hours=2, seed=8))


def test_clean_removes_the_simulated_files_and_no_others(tmp_path, small, deliver_to):
    landing = deliver_to(tmp_path, replace(small, hours=2)).landing
    own = landing / "platform" / "audit_logs" / "region=x" / "mine.json"
    own.parent.mkdir()
    own.write_text("{}\n")
    with pytest.raises(LandingInUseError, match=r"mine\.json"):
        prepare(Targets(landing=landing, expected=tmp_path / "bill.json", clean=True))
    assert [p for p in landing.rglob("*") if p.is_file()] == [own]


def test_a_file_with_other_content_is_left_alone_and_named(tmp_path, small, deliver_to):
    options = replace(small, hours=2)
    landing = deliver_to(tmp_path, options).landing
    path = next((landing / "platform" / "audit_logs").rglob("*.json"))
    path.write_text("changed\n")
    with pytest.raises(LandingConflictError, match=path.name):
        deliver_to(tmp_path, options)
    assert path.read_text() == "changed\n"


def test_a_failed_write_leaves_no_file_behind(tmp_path, monkeypatch):
    def refuse(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(LandingWriteError, match="No space left"):
        write_atomically(tmp_path / "a.json", b"x")
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_run_is_completed_by_the_same_command(tmp_path, delivered, deliver_to):
    put = Delivery.put

    def put_some(self: Delivery, file: EncodedFile) -> None:
        if self.written == 20:
            raise KeyboardInterrupt
        put(self, file)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Delivery, "put", put_some)
        with pytest.raises(KeyboardInterrupt):
            deliver_to(tmp_path)
    assert len(contents(tmp_path / "landing")) == 20
    assert contents(deliver_to(tmp_path).landing) == contents(delivered.landing)


def test_a_file_appears_under_its_name_only_when_whole(tmp_path, monkeypatch):
    seen = []
    rename = Path.replace

    def spy(self: Path, target: Path) -> Path:
        seen.append((self.name, self.read_bytes(), target.exists()))
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", spy)
    file = EncodedFile(name="d/a.json", content=b"x\n", rows=1, sha256=sha(b"x\n"))
    Delivery(tmp_path).put(file)
    assert seen == [(".a.json.tmp", b"x\n", False)]


def test_an_expected_bill_inside_the_landing_folder_is_refused(tmp_path):
    with pytest.raises(BadOptionError, match="inside"):
        prepare(Targets(landing=tmp_path, expected=tmp_path / "platform" / "bill.json"))


def test_a_file_that_is_no_bill_is_not_overwritten(tmp_path):
    (tmp_path / "notes.json").write_text("{}")
    with pytest.raises(LandingInUseError, match="no expected bill"):
        prepare(Targets(landing=tmp_path / "l", expected=tmp_path / "notes.json"))


def test_a_start_in_the_landing_folder_is_found_again(tmp_path, small, deliver_to):
    options = replace(small, hours=2)
    landing = deliver_to(tmp_path, options).landing
    later = replace(options, start=options.start + timedelta(hours=5))
    assert repeated_start(landing, later) == options.start
    assert repeated_start(landing, replace(later, seed=9)) is None


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
