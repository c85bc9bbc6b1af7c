"""How a JVM reaches the network the way the environment tells other programs to."""

import hashlib
import os
import ssl
import struct
import urllib.parse
from pathlib import Path

_PASSWORD = "changeit"  # a store of public certificates keeps no secret; the format wants one


def network_options(folder: Path) -> list[str]:
    """Java options for the proxy of HTTPS_PROXY and the authorities of SSL_CERT_FILE.

    ``folder`` receives the truststore. Variables that are not set add nothing.
    """
    options = []
    proxy = os.environ.get("HTTPS_PROXY") or os.environ.get("https_proxy")
    if proxy:
        address = urllib.parse.urlsplit(proxy if "//" in proxy else f"//{proxy}")
        options.append(f"-Dhttps.proxyHost={address.hostname}")
        options.append(f"-Dhttps.proxyPort={address.port or 443}")
    bundle = os.environ.get("SSL_CERT_FILE")
    if bundle and Path(bundle).is_file():
        store = folder / "truststore.jks"
        authorities = ssl.create_default_context(cafile=bundle).get_ca_certs(binary_form=True)
        store.write_bytes(truststore(authorities))
        options += [f"-Djavax.net.ssl.trustStore={store}", "-Djavax.net.ssl.trustStoreType=JKS"]
    return options


def truststore(certificates: list[bytes]) -> bytes:
    """A Java key store (JKS, version 2) that trusts these DER certificates.

    Written here because the runtime's own tool takes one certificate per call, half a second each.
    """
    body = struct.pack(">III", 0xFEEDFEED, 2, len(certificates))
    for number, certificate in enumerate(certificates):
        body += struct.pack(">I", 2) + _text(f"authority-{number}") + struct.pack(">q", 0)
        body += _text("X.509") + struct.pack(">I", len(certificate)) + certificate
    keyed = _PASSWORD.encode("utf-16-be") + b"Mighty Aphrodite" + body
    return body + hashlib.sha1(keyed).digest()


def _text(value: str) -> bytes:
    return struct.pack(">H", len(value)) + value.encode("ascii")
