"""What a configuration of the mail server may be; every mistake is named."""

from pathlib import Path

import pytest

from operations.mail.errors import SmtpConfigError, SmtpFailed
from operations.mail.smtp import SmtpConfig, connected, parse_config, read_config

GOOD = {"host": "127.0.0.1", "port": "2525", "from": "a@example.com", "to": "b@example.com"}


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "smtp.properties"
    lines = ("host=127.0.0.1", "port=2525", "from=a@example.com", "to=b@example.com, c@example.com")
    path.write_text("\n".join(lines))
    assert read_config(path) == SmtpConfig(
        host="127.0.0.1",
        port=2525,
        sender="a@example.com",
        recipients=("b@example.com", "c@example.com"),
    )


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"host": ""}, "host missing"),
        ({"port": "0"}, "port is '0'"),
        ({"port": "x"}, "port is 'x'"),
        ({"to": "b@example.com,"}, "to has ''"),
        ({"from": "nobody"}, "from has 'nobody'"),
        ({"to": "b@example.com\r\nBcc: c@example.com"}, "no address"),
        ({"starttls": "yes"}, "starttls is 'yes'"),
        ({"username": "u"}, "go together"),
        ({"hots": "x"}, "hots not known"),
        ({"host": "mail.example.com", "username": "u", "password": "p"}, "set starttls=true"),
    ],
)
def test_mistakes_are_named(wrong: dict[str, str], said: str) -> None:
    with pytest.raises(SmtpConfigError, match=said):
        parse_config(GOOD | wrong)


def test_a_missing_file_says_what_to_write(tmp_path: Path) -> None:
    with pytest.raises(SmtpConfigError, match="host, port, from and to"):
        read_config(tmp_path / "smtp.properties")


def test_a_line_without_a_value_is_named_with_its_file(tmp_path: Path) -> None:
    path = tmp_path / "smtp.properties"
    path.write_text("host=127.0.0.1\nport\n")
    with pytest.raises(SmtpConfigError, match="line 2"):
        read_config(path)


def test_the_password_stands_in_no_text_of_it() -> None:
    config = parse_config(GOOD | {"username": "u", "password": "secret-1"})
    assert config.password == "secret-1"
    assert "secret-1" not in f"{config} {config!r}"


def test_a_server_that_is_down_is_one_sentence() -> None:
    config = parse_config(GOOD | {"port": "1"})
    with pytest.raises(SmtpFailed, match="cannot be reached") as told, connected(config):
        raise AssertionError
    assert "127.0.0.1:1 " in str(told.value)
    assert "Nothing is lost" in str(told.value)
