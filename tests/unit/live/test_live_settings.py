"""What a user may set about the live system, and what is said of mistakes."""

from pathlib import Path

import pytest

from operations.live import alertmanager, prometheus
from operations.live.errors import ServiceFailed
from operations.live.settings import (
    FILE,
    Intervals,
    Limits,
    LiveSettings,
    Mail,
    read_settings,
    settings_of,
)


def test_without_a_file_there_are_defaults(tmp_path: Path) -> None:
    assert read_settings(tmp_path) == LiveSettings()


def test_what_is_set_is_taken_and_the_rest_kept(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('[limits]\nsilent_seconds = 30\n[mail]\nto = "ann@example.com"\n')
    read = read_settings(tmp_path)
    assert read == LiveSettings(
        limits=Limits(silent_seconds=30), mail=Mail(to="ann@example.com"), intervals=Intervals()
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[limits", "could not be read"),
        ("[limit]\n", "there is no [limit]; there are intervals, limits, mail"),
        ("limits = 3\n", "limits has to be a section"),
        ("[limits]\nsilent = 3\n", "[limits] has no silent; it has silent_seconds, "),
        ("[limits]\nsilent_seconds = '3'\n", "silent_seconds has to be a number above zero"),
        ("[limits]\nsilent_seconds = true\n", "silent_seconds has to be a number above zero"),
        ("[limits]\nsilent_seconds = nan\n", "silent_seconds has to be a number above zero"),
        ("[limits]\nsilent_seconds = inf\n", "silent_seconds has to be a number above zero"),
        ("[intervals]\nscrape_seconds = 0\n", "scrape_seconds has to be a number above zero"),
        ("[mail]\nto = 3\n", "to has to be a text of one line"),
        ('[mail]\nto = "a\\nb"\n', "to has to be a text of one line"),
    ],
)
def test_a_mistake_is_said_with_the_file(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(ServiceFailed) as failed:
        read_settings(tmp_path)
    assert said in str(failed.value)
    assert str(tmp_path / FILE) in str(failed.value)


def test_a_file_that_is_no_text_is_said_so(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ServiceFailed, match="could not be read"):
        read_settings(tmp_path)


def test_the_sink_takes_mail_as_it_is_and_another_server_over_tls_only() -> None:
    def email(**mail: str) -> dict[str, object]:
        wanted = alertmanager.configuration(settings_of({"mail": mail}), "127.0.0.1:25")
        found: dict[str, object] = wanted["receivers"][0]["email_configs"][0]
        return found

    assert email()["smarthost"] == "127.0.0.1:25"
    assert email()["require_tls"] is False
    outside = email(smarthost="mail.example.com:587", username="u", password_file="/p")
    assert outside["smarthost"] == "mail.example.com:587"
    assert outside["require_tls"] is True
    assert outside["auth_password_file"] == "/p"


def test_only_what_is_here_is_scraped_and_told() -> None:
    wanted = prometheus.configuration(Intervals(), {"prometheus": "127.0.0.1:1"}, [])
    assert [job["job_name"] for job in wanted["scrape_configs"]] == ["prometheus"]
    assert "alerting" not in wanted
    told = prometheus.configuration(Intervals(), {"alertmanager": "127.0.0.1:2"}, [])
    assert told["alerting"]["alertmanagers"] == [{"static_configs": [{"targets": ["127.0.0.1:2"]}]}]


@pytest.mark.parametrize(("seconds", "text"), [(5, "5s"), (0.5, "500ms"), (14400.0, "14400s")])
def test_durations(seconds: float, text: str) -> None:
    assert alertmanager.duration(seconds) == text
