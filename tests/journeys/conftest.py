"""The browser of the journeys: the system's Chromium over a live server, as a desk or a phone, signed in as whoever a test says."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

CHROMIUM = (
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SIZES = {"desk": (1440, 900), "phone": (390, 844), "wall": (1920, 1080)}


@pytest.fixture(scope="session")
def chromium(chromium_path: str) -> Iterator[Any]:
    """The browser, one for the run."""
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop in this thread; Django would take every query of a test for one made inside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=list(CHROMIUM))
        yield browser
        browser.close()


@dataclass
class Screen:
    """Opens pages at one size and remembers what the browser complained of."""

    context: Any
    base: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Any:
        """A page at that address. Refused content, script errors and failed loads of the house's own files are complaints."""
        page = self.context.new_page()
        page.on("pageerror", lambda problem: self.complaints.append(str(problem)))
        page.on("console", self._hear)
        page.goto(self.base + path)
        return page

    def _hear(self, message: Any) -> None:
        # A page that answers 4xx is what a test asked for; everything else in red is ours to mend.
        if message.type == "error" and "the server responded with a status of 4" not in message.text:
            self.complaints.append(message.text)


@pytest.fixture
def screen(chromium: Any, live_server: Any) -> Iterator[Callable[..., Screen]]:
    """`screen(user, size="desk", language="zh-hans", scripts=True)`: a browser window, signed in. The test fails if it complained."""
    opened: list[Screen] = []

    def make(user: Any = None, *, size: str = "desk", language: str = "zh-hans", scripts: bool = True) -> Screen:
        width, height = SIZES[size]
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            is_mobile=size == "phone",
            has_touch=size == "phone",
            java_script_enabled=scripts,
        )
        cookies = {"language": language} | ({"sessionid": session_of(user)} if user else {})
        context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()])
        opened.append(Screen(context, live_server.url))
        return opened[-1]

    yield make
    for one in opened:
        one.context.close()
    assert not [words for one in opened for words in one.complaints]


def session_of(user: Any) -> str:
    """The cookie of a session, as after log-in."""
    from django.test import Client

    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies["sessionid"].value
