"""Every page of the console over a demo, in Chromium, with pictures for people to look at.

LAKELEDGER_CONSOLE_HOME names a home in which a demo lies already, LAKELEDGER_CONSOLE_SHOTS the
folder of the pictures.
"""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from operations.console.application import sheets
from operations.live.service import free_ports
from tests.drills.browsing import CHROMIUM, WINDOWS, Seen, browser, by_keyboard, look, opened
from tests.installed import Installed
from tests.unit.console import made_up

PAGES = sheets(made_up.busy, made_up.PaperDesk())
PATHS = [sheet.path for group in PAGES.values() for sheet in group]
# A page that was never asked for reads; then its answers are kept, and only the browser works.
FIRST_SECONDS, KEPT_SECONDS = 20.0, 3.0
# The demo is built first, with every test of dbt.
pytestmark = pytest.mark.timeout(3600)
All = dict[tuple[str, int, str], Seen]


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory, installed: Installed) -> Iterator[str]:
    """The address that the command prints, over a demo."""
    installed(CHROMIUM)
    given = os.environ.get("LAKELEDGER_CONSOLE_HOME")
    home = Path(given) if given else tmp_path_factory.mktemp("console") / "home"
    environment = os.environ | {"LAKELEDGER_HOME": str(home), "LAKELEDGER_PORT": "0"}
    port = str(free_ports(1)[0])
    command = [sys.executable, "-m", "operations", "console", "--demo", "--port", port]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        try:
            printed = next(line for line in child.stdout if line.startswith("The console: "))
            yield answering(printed.split()[-1])
        finally:
            child.send_signal(signal.SIGINT)
            try:
                child.wait(120)
            finally:
                child.kill()


def answering(address: str) -> str:
    """The address, once somebody answers there."""
    parts = urlsplit(address)
    for _ in range(240):
        try:
            health = f"{parts.scheme}://{parts.netloc}/_stcore/health"
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(health):
                return address
        except OSError:
            time.sleep(0.5)
    pytest.fail("The console does not answer.")


@pytest.fixture(scope="module")
def seen(console: str, tmp_path_factory: pytest.TempPathFactory) -> All:
    """Every page in every window; the first window is seen with answers not read yet."""
    given = os.environ.get("LAKELEDGER_CONSOLE_SHOTS")
    shots = Path(given) if given else tmp_path_factory.mktemp("shots")
    shots.mkdir(parents=True, exist_ok=True)
    found = {}
    with browser() as chromium:
        for width, scheme in WINDOWS:
            page = chromium.new_page(viewport={"width": width, "height": 844}, color_scheme=scheme)
            for path in PATHS:
                address = console.replace("/?", f"/{'' if path == 'health' else path}?")
                shot = shots / f"{path}-{width}-{scheme}.png"
                found[path, width, scheme] = look(page, address, shot)
            page.close()
    sys.stderr.write("".join(f"{key}: {one.seconds:.1f} s\n" for key, one in found.items()))
    return found


def test_no_page_shows_an_error(seen: All) -> None:
    assert len(seen) == len(PATHS) * len(WINDOWS)
    words = ("Traceback", "Error", "Exception", "could not be read", "did not answer")
    wrong = {key: word for key, one in seen.items() for word in words if word in one.text}
    assert wrong == {}


def test_no_page_is_wider_than_its_window(seen: All) -> None:
    assert {key: one.too_wide for key, one in seen.items() if one.too_wide > 0} == {}


def test_pages_are_there_within_their_time(seen: All) -> None:
    first = {key: one.seconds for key, one in seen.items() if key[1:] == WINDOWS[0]}
    kept = {key: one.seconds for key, one in seen.items() if key[1:] != WINDOWS[0]}
    assert {key: took for key, took in first.items() if took > FIRST_SECONDS} == {}
    # One slow moment of a busy machine is no slow page: the middle one counts.
    assert sorted(kept.values())[len(kept) // 2] < KEPT_SECONDS


def test_every_page_is_reached_and_opened_by_the_keyboard(console: str) -> None:
    with browser() as chromium:
        page = chromium.new_page(viewport={"width": 1440, "height": 900})
        opened(page, console)
        reached = by_keyboard(page, 40)
        titles = [sheet.title for group in PAGES.values() for sheet in group]
        # A link's words may begin with the name of its picture.
        missed = [title for title in titles if not any(one.endswith(title) for one in reached)]
        assert missed == []
        assert "Read again" in reached
        page.get_by_role("link", name="Job runs").focus()
        page.keyboard.press("Enter")
        page.wait_for_selector("h1:has-text('Job runs')", timeout=60_000)


def test_a_stranger_sees_no_page(console: str, tmp_path: Path) -> None:
    with browser() as chromium:
        page = chromium.new_page()
        page.goto(console.partition("?")[0])
        page.wait_for_selector('[data-testid="stAlert"]', timeout=60_000)
        assert "lakeledger console" in page.inner_text("body")
        assert page.query_selector("h1") is None
