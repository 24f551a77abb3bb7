"""The browser the journeys run in: the system's Chromium, driven by Playwright."""

from __future__ import annotations

import os
import shutil

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Where Chromium lies. Without one the test is skipped on a desk and fails where CI is set: CI never skips silently."""
    for name in _NAMES:
        if path := shutil.which(name):
            return path
    words = "no Chromium on this machine (apt-get install chromium)"
    if os.environ.get("CI"):
        pytest.fail(words)
    pytest.skip(words)
