"""Chromium for the tests that need a browser; one clear line where none is installed."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.__main__ import BROWSERS

ARGUMENTS = [
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
DESK = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, without a window."""
    given = os.environ.get("LUOSHI_CHROMIUM") or next(
        filter(None, map(shutil.which, BROWSERS)), None
    )
    if given is None:
        pytest.skip("no Chromium is installed: browser checks are left out")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(Path(given)), args=ARGUMENTS)
        yield running
        running.close()


class Desk:
    """A browser window that keeps what the page complained about."""

    def __init__(self, browser: Browser, address: str, *, phone: bool = False) -> None:
        self.context: BrowserContext = browser.new_context(
            base_url=address,
            locale="zh-CN",
            viewport=PHONE if phone else DESK,  # type: ignore[arg-type]  # a TypedDict of the same shape
            device_scale_factor=2 if phone else 1,
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.complaints: list[str] = []
        self.page.on(
            "console",
            lambda message: (
                self.complaints.append(message.text)
                if message.type == "error" and "status of 4" not in message.text
                else None
            ),
        )
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))


@pytest.fixture
def desks(browser: Browser, live_server: object) -> Iterator[object]:
    """`desks()` opens a window of another person; none may have complained at the end."""
    opened: list[Desk] = []

    def open_one(*, phone: bool = False) -> Desk:
        desk = Desk(browser, str(live_server), phone=phone)
        opened.append(desk)
        return desk

    yield open_one
    for desk in opened:
        desk.context.close()
    assert [c for desk in opened for c in desk.complaints] == []
