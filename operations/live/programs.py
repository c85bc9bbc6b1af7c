"""Programs of this machine that services run: whether they are installed, whether they answer."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import urllib3

from operations.live.errors import ServiceFailed
from operations.live.service import Place

_ASK_SECONDS = 2.0
_http = urllib3.PoolManager(retries=False, timeout=_ASK_SECONDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program that this project does not bring along.

    ``names``: what distributions call it, the first that is found is taken. ``purpose``: what is
    not to be had without it, as the end of a sentence.
    """

    names: Sequence[str]
    package: str
    purpose: str

    def path(self) -> str:
        """Where it is.

        Raises:
            ServiceFailed: if it is not installed.
        """
        for name in self.names:
            found = shutil.which(name)
            if found:
                return found
        raise ServiceFailed(str(self.missing()))

    def missing(self) -> str | None:
        """None if it is installed, else what it is good for and how it is installed."""
        if any(map(shutil.which, self.names)):
            return None
        return (
            f"{self.names[0]} is not installed; {self.purpose}."
            f" Install it: apt-get install {self.package}."
        )


def answers(port: str, path: str) -> Callable[[Place], bool]:
    """A health check: GET of the path at the service's port is answered with 200."""

    def asked(place: Place) -> bool:
        try:
            return get(f"http://{place.address(port)}{path}").status == 200
        except urllib3.exceptions.HTTPError:
            return False

    return asked


def get(url: str) -> urllib3.BaseHTTPResponse:
    """One GET of a service on this machine, without a proxy and without a second attempt.

    Raises:
        urllib3.exceptions.HTTPError: if nobody answers within two seconds.
    """
    return _http.request("GET", url)
