"""Compiles the translations before a run, so that tests see the words as they are in the tree."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def pytest_configure(config: pytest.Config) -> None:
    """Once, by the process that starts the workers."""
    if not hasattr(config, "workerinput"):
        sys.path.insert(0, str(ROOT / "tools"))
        try:
            from compile_words import compile_below  # type: ignore[import-not-found]  # a tool, not a package
        finally:
            sys.path.remove(str(ROOT / "tools"))
        compile_below(ROOT / "src")
