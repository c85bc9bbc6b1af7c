"""The truststore a JVM is given, and the settings of the environment."""

import hashlib
import struct
from pathlib import Path

import pytest

from warehouse.errors import SettingsInvalid
from warehouse.network import network_options, truststore
from warehouse.settings import DEFAULT_PORT, Settings


def test_a_truststore_holds_each_certificate_and_its_own_sum() -> None:
    store = truststore([b"first", b"second"])
    assert struct.unpack(">III", store[:12]) == (0xFEEDFEED, 2, 2)
    assert b"first" in store
    assert b"second" in store
    keyed = "changeit".encode("utf-16-be") + b"Mighty Aphrodite" + store[:-20]
    assert store[-20:] == hashlib.sha1(keyed).digest()


def test_the_environment_decides_how_the_network_is_reached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    assert network_options(tmp_path) == []
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    assert network_options(tmp_path) == [
        "-Dhttps.proxyHost=proxy.example",
        "-Dhttps.proxyPort=3128",
    ]


def test_settings_come_from_the_environment() -> None:
    assert Settings.from_environment({}).port == DEFAULT_PORT
    found = Settings.from_environment({"LAKELEDGER_HOME": "/x/y", "LAKELEDGER_PORT": "0"})
    assert (found.home, found.port) == (Path("/x/y"), 0)


@pytest.mark.parametrize("value", ["many", "-1", "70000", "nan"])
def test_a_port_that_is_none_is_told(value: str) -> None:
    with pytest.raises(SettingsInvalid, match="LAKELEDGER_PORT"):
        Settings.from_environment({"LAKELEDGER_PORT": value})
