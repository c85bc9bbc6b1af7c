"""A real mail server that keeps what it is given."""

import email
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

from operations.mail.smtp import SmtpConfig


class Inbox:
    """Takes mails as a server does; `answer` is what it says to each."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answer = "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.answer.startswith("250"):
            parsed = email.message_from_bytes(envelope.content, policy=default)
            assert isinstance(parsed, EmailMessage)
            self.mails.append(parsed)
        return self.answer


@contextmanager
def serving(inbox: Inbox) -> Iterator[SmtpConfig]:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield SmtpConfig(
            host="127.0.0.1", port=port, sender="a@example.com", recipients=("b@example.com",)
        )
    finally:
        controller.stop()
