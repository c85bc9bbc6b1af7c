"""What the command starts ends with it."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from operations.live.service import free_ports
from warehouse.lifecycle import status
from warehouse.settings import Settings


def test_a_console_that_is_told_to_end_leaves_nothing_behind(tmp_path: Path) -> None:
    port, environment = free_ports(1)[0], {"LAKELEDGER_HOME": str(tmp_path), "LAKELEDGER_PORT": "0"}
    command = [sys.executable, "-m", "operations", "console", "--port", str(port)]
    with subprocess.Popen(
        command, env=os.environ | environment, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout
        try:
            # Streamlit's own line: by then it listens.
            assert any("URL: http://127.0.0.1" in line for line in child.stdout)
            settings = Settings.from_environment().at(tmp_path)
            assert status(settings) is not None
            child.send_signal(signal.SIGTERM)
            assert child.wait(60) == 0
        finally:
            child.kill()
    assert status(settings) is None
    with socket.socket() as client:
        assert client.connect_ex(("127.0.0.1", port)) != 0
