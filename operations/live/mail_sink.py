"""A mail server that delivers nothing: each message becomes a file, in the order of receipt.

Started as `python mail_sink.py PORT FOLDER`; SIGTERM ends it.
"""

import asyncio
import os
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session


class Sink:
    """Writes messages to a folder as `<time of receipt>.eml`; later ones have greater names."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._newest = 0

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """The protocol's DATA: the message as it came, below the envelope's addresses."""
        content = envelope.content or b""
        if isinstance(content, str):
            content = content.encode()
        target = self._folder / f"{self._moment()}.eml"
        to = ", ".join(envelope.rcpt_tos)
        head = f"X-Envelope-From: {envelope.mail_from}\r\nX-Envelope-To: {to}\r\n".encode()
        unfinished = target.with_suffix(".tmp")
        unfinished.write_bytes(head + content)
        unfinished.replace(target)
        return "250 Kept"

    def _moment(self) -> str:
        """The time in UTC to the nanosecond, each greater than the one before."""
        self._newest = max(time.time_ns(), self._newest + 1)
        seconds, rest = divmod(self._newest, 1_000_000_000)
        return f"{datetime.fromtimestamp(seconds, UTC):%Y%m%dT%H%M%S}.{rest:09d}Z"


async def serve(port: int, folder: Path) -> None:
    """Takes mail on the loopback interface until SIGTERM."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    sink = Sink(folder)
    server = await loop.create_server(
        lambda: SMTP(sink, hostname="localhost", ident="lakeledger", loop=loop), "127.0.0.1", port
    )
    async with server:
        await ended.wait()


def main() -> None:
    """Entry point of the process."""
    os.umask(0o077)
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))


if __name__ == "__main__":
    main()
