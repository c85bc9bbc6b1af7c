"""The mail server of this machine as a service: alerts can be read as files."""

import functools
import smtplib
import sys
from collections.abc import Sequence
from pathlib import Path

from operations.live.service import Place, Service
from operations.live.settings import Mail
from warehouse.settings import make_private

NAME = "mail"
PROGRAM = Path(__file__).with_name("mail_sink.py")
_ASK_SECONDS = 2.0


def mail_sink(home: Path) -> Service:
    """Takes every mail and writes it to `<home>/mail/`."""
    return Service(
        name=NAME,
        ports=("smtp",),
        command=functools.partial(_command, home / "mail"),
        is_healthy=_is_healthy,
        start_seconds=30,
    )


def client_config(place: Place, mail: Mail) -> str:
    """The text of `smtp.properties`: how commands reach this server, and whom they tell."""
    port = place.ports["smtp"]
    return f"host=127.0.0.1\nport={port}\nfrom={mail.sender}\nto={mail.to}\n"


def _command(folder: Path, place: Place) -> Sequence[str]:
    make_private(folder)
    # -P: the modules beside the program are no libraries of it.
    return [sys.executable, "-P", str(PROGRAM), str(place.ports["smtp"]), str(folder)]


def _is_healthy(place: Place) -> bool:
    try:
        with smtplib.SMTP("127.0.0.1", place.ports["smtp"], timeout=_ASK_SECONDS) as client:
            return client.noop()[0] == 250
    except (OSError, smtplib.SMTPException):
        return False
