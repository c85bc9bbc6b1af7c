"""The command `lakeledger console`: the pages in a browser of this machine."""

import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from operations.refusals import explained
from warehouse.errors import WarehouseError
from warehouse.lifecycle import running_warehouse
from warehouse.settings import Settings

# In the environment: arguments of processes are seen by everybody.
KEY = "LAKELEDGER_CONSOLE_KEY"
_APP = Path(__file__).with_name("app.py")
# Nobody else on the network is let in, nothing is told to anybody, no error is shown raw.
_SETTINGS = {
    "server.address": "127.0.0.1",
    "server.headless": "true",
    "server.fileWatcherType": "none",
    "browser.gatherUsageStats": "false",
    "client.showErrorDetails": "none",
    "client.toolbarMode": "minimal",
}

Port = Annotated[int, typer.Option(help="Port on 127.0.0.1.", min=1, max=65535)]
Demo = Annotated[
    bool, typer.Option("--demo", help="Run the demo first if nothing has been built here.")
]


def console_command(demo: Callable[[], None]) -> Callable[[int, bool], None]:
    """The command; ``demo`` runs the demo, which the command line knows."""

    def console(port: Port = 8501, with_demo: Demo = False) -> None:
        """Pages for whoever is on duty, in a browser of this machine."""
        home = Settings.from_environment().home
        # Who ends it in another way than Ctrl-C wants pages and warehouse to end with it, too.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        # One for both: a warehouse that the demo has used answers the first page at once.
        with explained(WarehouseError), running_warehouse():
            if with_demo and not (home / "target" / "manifest.json").exists():
                demo()
            key = secrets.token_urlsafe(16)
            typer.echo(f"The console: http://127.0.0.1:{port}/?key={key}\nCtrl-C ends it.")
            ended = serve(port, key)
        raise typer.Exit(ended)

    return console


def serve(port: int, key: str) -> int:
    """Runs the pages for whoever has the key until they are interrupted; gives the exit code."""
    given = [f"--{name}={value}" for name, value in _SETTINGS.items()]
    command = [sys.executable, "-m", "streamlit", "run", str(_APP), f"--server.port={port}", *given]
    project = str(_APP.parents[2])
    path = os.pathsep.join(filter(None, (project, os.environ.get("PYTHONPATH", ""))))
    child = subprocess.Popen(command, env=os.environ | {"PYTHONPATH": path, KEY: key})
    try:
        return child.wait()
    except KeyboardInterrupt:
        child.terminate()
        child.wait(20)
        return 0
