"""A browser over the console: each page at the widths and in the grounds that people have."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from operations.live.programs import Program

CHROMIUM = Program(
    names=("chromium", "chromium-browser"),
    package="chromium",
    purpose="pages are not looked at without it",
)
# A desk by day and by night, a phone by day and by night.
WINDOWS = [(width, scheme) for width in (1440, 390) for scheme in ("light", "dark")]
_READY = """() => document.querySelector('[data-testid="stApp"]')
    ?.getAttribute('data-test-script-state') === 'notRunning'
    && document.querySelector('h1') !== null"""
_WIDTHS = """() => { const main = document.querySelector('[data-testid="stMain"]');
    return [document.documentElement.scrollWidth, main.scrollWidth, main.clientWidth,
        main.scrollHeight]; }"""
_FOCUSED = """() => { const one = document.activeElement;
    return one.innerText || one.getAttribute('aria-label') || one.title || ''; }"""
_PATIENCE = 120_000


@dataclass(frozen=True, slots=True)
class Seen:
    """A page as it was seen: how long it took, what it says, and how much wider than the window."""

    seconds: float
    text: str
    too_wide: int


@contextmanager
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=CHROMIUM.path(), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        try:
            yield started
        finally:
            started.close()


def opened(page: Page, address: str) -> None:
    """Opens a page and waits until it is whole."""
    page.goto(address)
    page.wait_for_function(_READY, timeout=_PATIENCE)


def by_keyboard(page: Page, steps: int) -> list[str]:
    """What has the focus after each of so many steps by Tab, by its words."""
    found = []
    for _ in range(steps):
        page.keyboard.press("Tab")
        found.append(str(page.evaluate(_FOCUSED)).strip())
    return found


def look(page: Page, address: str, shot: Path) -> Seen:
    """Opens a page, waits until it is whole, and takes its picture from top to bottom."""
    began = time.monotonic()
    opened(page, address)
    seconds = time.monotonic() - began
    window = page.viewport_size or {"width": 0, "height": 0}
    document, main, inner, height = page.evaluate(_WIDTHS)
    page.set_viewport_size({"width": window["width"], "height": min(height + 20, 5000)})
    page.wait_for_timeout(1000)
    page.screenshot(path=str(shot))
    text = page.inner_text("body")
    page.set_viewport_size(window)
    return Seen(seconds, text, max(document - window["width"], main - inner))
