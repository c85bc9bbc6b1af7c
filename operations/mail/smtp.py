"""How mail is sent: a file of properties, and one connection per run."""

import ipaddress
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from operations.mail.errors import SmtpConfigError, SmtpFailed
from operations.orders.errors import KafkaConfigError
from operations.orders.properties import read_properties

FILE = "smtp.properties"
_SECONDS = 15.0
_KEYS = {"host", "port", "from", "to", "username", "password", "starttls"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpConfig:
    """Where mails go, from whom and to whom; the password is in no text of it."""

    host: str
    port: int
    sender: str
    recipients: tuple[str, ...]
    username: str = ""
    password: str = ""
    starttls: bool = False

    def __repr__(self) -> str:
        return f"SmtpConfig({self.host}:{self.port})"


def read_config(path: Path) -> SmtpConfig:
    """The configuration in a file of properties.

    Raises:
        SmtpConfigError: if it is not there or makes no sense.
    """
    if not path.is_file():
        raise SmtpConfigError(
            f"{path} is not there. Write one with host, port, from and to, or name another with "
            "--smtp-config; lakeledger up writes one for the mail server of this machine."
        )
    try:
        return parse_config(read_properties(path))
    except KafkaConfigError as error:
        raise SmtpConfigError(str(error)) from error
    except SmtpConfigError as error:
        raise SmtpConfigError(f"{path}: {error}") from error


def parse_config(values: Mapping[str, str]) -> SmtpConfig:
    """The configuration from keys and values.

    Raises:
        SmtpConfigError: if one is missing or makes no sense.
    """
    if missing := [key for key in ("host", "port", "from", "to") if not values.get(key)]:
        raise SmtpConfigError(f"{', '.join(missing)} missing.")
    if unknown := sorted(values.keys() - _KEYS):
        raise SmtpConfigError(
            f"{', '.join(unknown)} not known; known are {', '.join(sorted(_KEYS))}."
        )
    if not values["port"].isdecimal() or not 0 < int(values["port"]) < 65536:
        raise SmtpConfigError(f"port is {values['port']!r}; it has to be 1 to 65535.")
    if (starttls := values.get("starttls", "false").lower()) not in ("true", "false"):
        raise SmtpConfigError(f"starttls is {starttls!r}; it has to be true or false.")
    if ("username" in values) != ("password" in values):
        raise SmtpConfigError("username and password go together.")
    recipients = tuple(_address("to", text.strip()) for text in values["to"].split(","))
    host = values["host"].strip()
    if "password" in values and starttls == "false" and not _is_loopback(host):
        raise SmtpConfigError("a password would go over the network as it is: set starttls=true.")
    return SmtpConfig(
        host=host,
        port=int(values["port"]),
        sender=_address("from", values["from"].strip()),
        recipients=recipients,
        username=values.get("username", ""),
        password=values.get("password", ""),
        starttls=starttls == "true",
    )


@contextmanager
def connected(config: SmtpConfig) -> Iterator[smtplib.SMTP]:
    """A connection that is ready to send.

    Raises:
        SmtpFailed: if the server cannot be reached or refuses the login.
    """
    try:
        client = smtplib.SMTP(config.host, config.port, timeout=_SECONDS)
    except (OSError, smtplib.SMTPException) as error:
        raise SmtpFailed(_said(config, "cannot be reached", error)) from error
    try:
        try:
            if config.starttls:
                client.starttls(context=ssl.create_default_context())
            if config.username:
                client.login(config.username, config.password)
        except (OSError, smtplib.SMTPException) as error:
            raise SmtpFailed(_said(config, "refuses the session", error)) from error
        yield client
    finally:
        with suppress(OSError, smtplib.SMTPException):
            client.quit()


def send(client: smtplib.SMTP, config: SmtpConfig, message: EmailMessage) -> tuple[str, ...]:
    """Hands one mail over; returns the recipients that the server refused, while it took others.

    Raises:
        SmtpFailed: if the server takes it for nobody.
    """
    try:
        return tuple(client.send_message(message, config.sender, list(config.recipients)))
    except (OSError, smtplib.SMTPException) as error:
        raise SmtpFailed(_said(config, "did not take a mail", error)) from error


def _address(key: str, text: str) -> str:
    name, _, domain = text.rpartition("@")
    if not (name and domain) or any(sign.isspace() or sign in '<>,;"' for sign in text):
        raise SmtpConfigError(f"{key} has {text!r}, which is no address like fraud@example.com.")
    return text


def _is_loopback(host: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def _said(config: SmtpConfig, what: str, error: Exception) -> str:
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return (
        f"The mail server {config.host}:{config.port} {what}: {reason}. "
        "Nothing is lost: the next run sends what is due."
    )
